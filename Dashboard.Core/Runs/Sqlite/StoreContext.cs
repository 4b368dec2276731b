using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crossbench.Runs.Sqlite;

/// <summary>Maps the entities of the store. The schema is made by <see cref="StoreSchema"/> alone; this never creates or migrates.</summary>
internal sealed class StoreContext(SqliteConnection connection) : DbContext
{
    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<ConfigurationRow> Configurations => Set<ConfigurationRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<StatusChangeRow> StatusChanges => Set<StatusChangeRow>();

    public DbSet<CheckpointRow> Checkpoints => Set<CheckpointRow>();

    public DbSet<EnvironmentRow> Environments => Set<EnvironmentRow>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<SuiteRow> Suites => Set<SuiteRow>();

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.UseSqlite(connection).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RunRow>(run =>
        {
            run.ToTable("run").HasKey(row => row.Number);
            run.Property(row => row.Id).IsRequired();
            run.Property(row => row.Status).HasConversion<string>();
            run.Property(row => row.Command).HasConversion<string>();
            run.Property(row => row.Rank).HasComputedColumnSql();
            run.Property(row => row.Gap).HasComputedColumnSql();
            run.Property(row => row.Progress).HasComputedColumnSql();
            run.Property(row => row.Since).HasComputedColumnSql();
            run.HasQueryFilter(row => row.DeletedAt == null);
            run.HasOne<SuiteRow>().WithMany().HasForeignKey(row => row.Suite).OnDelete(DeleteBehavior.SetNull);
        });
        modelBuilder.Entity<SuiteRow>(suite =>
        {
            suite.ToTable("suite").HasKey(row => row.Number);
            suite.Property(row => row.Id).IsRequired();
        });
        modelBuilder.Entity<ConfigurationRow>(configuration =>
        {
            configuration.ToTable("configuration").HasKey(row => row.Run);
            configuration.Property(row => row.Run).ValueGeneratedNever();
            BelongsToRun(configuration, nameof(ConfigurationRow.Run)).IsUnique();
        });
        modelBuilder.Entity<EventRow>(line =>
        {
            line.ToTable("event").HasKey(row => row.Number);
            BelongsToRun(line, nameof(EventRow.Run));
        });
        modelBuilder.Entity<StatusChangeRow>(change =>
        {
            change.ToTable("status_change").HasKey(row => row.Number);
            change.Property(row => row.From).HasConversion<string>();
            change.Property(row => row.To).HasConversion<string>();
            BelongsToRun(change, nameof(StatusChangeRow.Run));
        });
        modelBuilder.Entity<CheckpointRow>(checkpoint =>
        {
            checkpoint.ToTable("checkpoint").HasKey(row => new { row.Run, row.Step });
            BelongsToRun(checkpoint, nameof(CheckpointRow.Run));
        });
        modelBuilder.Entity<EnvironmentRow>(environment =>
        {
            environment.ToTable("environment").HasKey(row => row.Number);
            BelongsToRun(environment, nameof(EnvironmentRow.Run));
        });
        modelBuilder.Entity<LeaseRow>(lease =>
        {
            lease.ToTable("lease").HasKey(row => new { row.Device, row.Slot });
            BelongsToRun(lease, nameof(LeaseRow.Run)).IsUnique();
        });
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(SnakeCase(property.Name));
        }
    }

    private static IndexBuilder<T> BelongsToRun<T>(EntityTypeBuilder<T> entity, string key) where T : class
    {
        entity.HasOne<RunRow>().WithMany().HasForeignKey(key).OnDelete(DeleteBehavior.Cascade);
        return entity.HasIndex(key);
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
