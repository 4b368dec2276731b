using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>The file: its schema, its settings, and what a bad one gets.</summary>
public sealed class StoreFileTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("crossbench-store-");

    private DataFolder Folder => new(_root.FullName);

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void AFreshStore_HasWhatTheModelOfEntityFrameworkExpects()
    {
        using var store = Open();
        using var connection = store.Database.Open();
        using var context = new StoreContext(connection);

        foreach (var entity in context.Model.GetEntityTypes())
        {
            var table = entity.GetTableName()!;
            var expected = entity.GetProperties().Select(property => (
                property.GetColumnName(),
                property.GetColumnType(),
                Required: !property.IsNullable,
                Key: property.IsPrimaryKey()));
            Assert.Equal(expected.Order(), Columns(connection, table).Order());
            var keys = entity.GetForeignKeys().Select(key => (key.Properties.Single().GetColumnName(), key.PrincipalEntityType.GetTableName()!, key.DeleteBehavior == DeleteBehavior.Cascade));
            Assert.Equal(keys, ForeignKeys(connection, table));
            var unique = entity.GetIndexes().Where(index => index.IsUnique && !index.Properties.Single().IsPrimaryKey()).Select(index => index.Properties.Single().GetColumnName());
            Assert.All(unique, column => Assert.Equal(1L, Scalar(connection, UniqueColumn(table, column))));
        }
    }

    [Fact]
    public void EveryConnection_HasTheSettings()
    {
        using var store = Open();
        using var connection = store.Database.Open();

        Assert.Equal("wal", Scalar(connection, "PRAGMA journal_mode"));
        Assert.Equal(1L, Scalar(connection, "PRAGMA synchronous"));
        Assert.Equal(1L, Scalar(connection, "PRAGMA foreign_keys"));
        Assert.Equal(1000L, Scalar(connection, "PRAGMA busy_timeout"));
        Assert.Equal((long)StoreSchema.Version, Scalar(connection, "PRAGMA user_version"));
        Assert.Equal(0L, Scalar(connection, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'"));
    }

    [Fact]
    public void ManyProcessesAtOnce_MakeOneStore()
    {
        Parallel.For(0, 8, _ => Open().Dispose());

        using var store = Open();
        Assert.Equal(0, store.Query(new RunQuery()).Total);
    }

    [Fact]
    public void AStoreOfALaterVersion_IsRefused_NamingFileAndBothVersions()
    {
        Open().Dispose();
        Change($"PRAGMA user_version = {StoreSchema.Version + 3}");

        var problem = Refused();

        Assert.Contains(Folder.StoreFile, problem.Reason, StringComparison.Ordinal);
        Assert.Contains($"version {StoreSchema.Version + 3}", problem.Reason, StringComparison.Ordinal);
        Assert.Contains($"up to {StoreSchema.Version}", problem.Reason, StringComparison.Ordinal);
        Assert.Contains("newer Crossbench", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void ADatabaseOfAnotherProgram_IsRefused_AndStaysAsItWas()
    {
        Change("CREATE TABLE other (x)");
        var before = File.ReadAllBytes(Folder.StoreFile);

        Assert.Contains("another program", Refused().Reason, StringComparison.Ordinal);

        Assert.Equal(before, File.ReadAllBytes(Folder.StoreFile));
    }

    [Fact]
    public void AFileThatIsNoDatabase_IsRefused_AndStaysAsItWas()
    {
        var text = string.Concat(Enumerable.Repeat("This is a diary. ", 500));
        File.WriteAllText(Folder.StoreFile, text);

        Assert.Contains("is not a run store", Refused().Reason, StringComparison.Ordinal);

        Assert.Equal(text, File.ReadAllText(Folder.StoreFile));
    }

    [Fact]
    public void ADamagedStore_IsRefused()
    {
        Open().Dispose();
        using (var file = File.OpenWrite(Folder.StoreFile))
        {
            file.Position = 100;
            file.Write(new byte[8192]);
        }

        Assert.Contains("damaged", Refused().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatCannotBeWritten_IsNamed()
    {
        var blocked = Path.Combine(_root.FullName, "file");
        File.WriteAllText(blocked, "");

        var error = Assert.Throws<SpecException>(() => SqliteRunStore.Open(new DataFolder(Path.Combine(blocked, "data")), TimeProvider.System));

        Assert.Contains(blocked, error.Message, StringComparison.Ordinal);
        Assert.Contains("--data FOLDER", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AStoreFileThatCannotBeOpened_IsNamed()
    {
        Directory.CreateDirectory(Folder.StoreFile);

        Assert.Contains($"{Folder.StoreFile} cannot be opened", Refused().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AStoreThatAnotherProgramLocks_CannotBeOpened_AndSaysWhy()
    {
        Open().Dispose();
        using var other = Lock();

        Assert.Contains("locked by another program", Refused().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AStoreThatAnotherProgramLocks_CannotBeWritten_AndSaysWhy()
    {
        using var store = Open();
        using var other = Lock();

        var error = Assert.Throws<RunStoreException>(() => store.Create(TestStore.Spec()));

        Assert.Contains("locked by another program", error.Message, StringComparison.Ordinal);
        Assert.Contains("Close what holds it open", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFullDisk_IsExplained_AndNothingIsHalfWritten()
    {
        using var store = Open();
        var id = store.Create(TestStore.Spec()).Id;
        store.Append(id, [TestStore.Point(1, 1)]);
        store.LimitPages(60);

        var error = Assert.Throws<RunStoreException>(() => store.Append(id, [.. Enumerable.Range(2, 20_000).Select(step => TestStore.Point(step, 2, $"metric{step % 7}"))]));

        Assert.Contains("is full", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, store.Find(id)!.Step);
        Assert.Equal(["train.loss"], store.Metrics(id));
        store.LimitPages(1_000_000);
        store.Append(id, [TestStore.Point(2, 2), TestStore.Point(2, 2, "metric1")]);
        Assert.Equal(["train.loss", "metric1"], store.Metrics(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b.db")]
    [InlineData("backups/")]
    public void ABackup_ToWhatIsNoFile_IsRefused(string path)
    {
        using var store = Open();

        Assert.EndsWith("is no path of a file.", Assert.Single(Assert.Throws<SpecException>(() => store.Backup(path)).Problems).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ABackup_LeavesFilesBesideItAlone_AndNothingUnfinished()
    {
        using var store = Open();
        var (copy, other) = (Path.Combine(_root.FullName, "copies", "friday.db"), Path.Combine(_root.FullName, "copies", "friday.db.partial"));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.WriteAllText(other, "mine");

        Assert.Equal(copy, store.Backup(Path.Combine(_root.FullName, "copies", ".", "friday.db")));

        Assert.Equal("mine", File.ReadAllText(other));
        Assert.Equal([copy, other], Directory.GetFiles(Path.GetDirectoryName(copy)!).Order());
        var blocked = Assert.Single(Assert.Throws<SpecException>(() => store.Backup(Path.Combine(other, "deeper", "friday.db"))).Problems);
        Assert.Contains("cannot be written", blocked.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void OfTwoBackupsToOneFile_OneIsWhole_TheOtherIsRefused()
    {
        using var store = Open();
        var id = store.Create(TestStore.Spec()).Id;
        store.Append(id, [.. Enumerable.Range(1, 20_000).Select(step => TestStore.Point(step, step))]);
        var refused = 0;
        Parallel.For(0, 2, _ =>
        {
            try
            {
                store.Backup(Path.Combine(_root.FullName, "copy", "runs.db"));
            }
            catch (SpecException)
            {
                Interlocked.Increment(ref refused);
            }
        });

        Assert.Equal(1, refused);
        using var copy = SqliteRunStore.Open(new DataFolder(Path.Combine(_root.FullName, "copy")), TimeProvider.System);
        Assert.Equal((20_000, 0), (copy.ReadSeries(id, "train.loss", -1).Count, copy.Check(quick: false).Count));
    }

    private static string UniqueColumn(string table, string column) =>
        $"SELECT count(*) FROM pragma_index_list('{table}') list JOIN pragma_index_info(list.name) info WHERE list.\"unique\" = 1 AND list.origin = 'u' AND info.name = '{column}'";

    private static List<(string, string, bool, bool)> Columns(SqliteConnection connection, string table) => Rows(
        connection, $"SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo('{table}')", row => (row.GetString(0), row.GetString(1), row.GetBoolean(2) || row.GetBoolean(3), row.GetInt32(3) > 0));

    private static List<(string, string, bool)> ForeignKeys(SqliteConnection connection, string table) => Rows(
        connection, $"SELECT \"from\", \"table\", on_delete FROM pragma_foreign_key_list('{table}')", row => (row.GetString(0), row.GetString(1), row.GetString(2) == "CASCADE"));

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> map)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var found = new List<T>();
        while (rows.Read())
        {
            found.Add(map(rows));
        }

        return found;
    }

    private static object? Scalar(SqliteConnection connection, string sql) => Rows(connection, sql, row => row.GetValue(0))[0];

    private SqliteRunStore Open() => SqliteRunStore.Open(Folder, TimeProvider.System, patience: 1);

    private SpecProblem Refused() => Assert.Single(Assert.Throws<SpecException>(Open).Problems);

    private SqliteConnection Lock()
    {
        var other = new SqliteConnection($"Data Source={Folder.StoreFile};Pooling=false");
        other.Open();
        StoreSchema.Execute(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; CREATE TABLE held (x)");
        return other;
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Folder.StoreFile};Pooling=false");
        connection.Open();
        StoreSchema.Execute(connection, sql);
    }
}
