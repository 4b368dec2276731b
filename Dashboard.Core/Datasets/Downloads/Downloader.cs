using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Crossbench.Datasets.Downloads;

/// <summary>
/// Downloads files. What has arrived is kept and gone on with, as long as the file on the server is the same; what carries the name of the file is whole, and
/// its hash is what the server says, where it does.
/// </summary>
/// <param name="handler">The network.</param>
/// <param name="limits">When to wait, try again and give up.</param>
/// <param name="time">The clock.</param>
internal sealed class Downloader(Func<HttpMessageHandler> handler, DownloadLimits limits, TimeProvider time)
{
    private const int Block = 1 << 16;
    private const double Megabyte = 1_000_000;
    private readonly Patience _patience = new(limits, time);

    /// <summary>Downloads a file, unless it is there.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="path">Where it will be.</param>
    /// <param name="progress">Told how far it is. Where it throws, what has arrived stays for the next time.</param>
    /// <exception cref="SpecException">It cannot be downloaded, or not be written.</exception>
    public void Get(Uri address, string path, PreparationProgress progress)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var turn = Turn(path, progress);
            if (WholeFile.IsThere(path))
            {
                return;
            }

            using var network = handler();
            using var client = new HubClient(network, limits.Redirects);
            using var partial = new PartialFile(path, address, limits.Open);
            var name = Path.GetFileName(path);
            Persist(() => Receive(client, address, partial, name, progress), partial, name, address, progress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(DownloadProblems.NotWritable(path, e));
        }
    }

    /// <summary>The right to download this file; another process may have it for hours.</summary>
    private FileLock Turn(string path, PreparationProgress progress)
    {
        while (true)
        {
            if (FileLock.TryTake(path + ".lock") is { } turn)
            {
                return turn;
            }

            _patience.Pause(limits.Tick, () => progress($"Waiting for another process that downloads {Path.GetFileName(path)}", 0));
        }
    }

    /// <summary>Tries until it is done, or gives up.</summary>
    private void Persist(Action attempt, PartialFile partial, string name, Uri address, PreparationProgress progress)
    {
        for (var (fruitless, wrong, heard) = (0, 0, false); ;)
        {
            var before = partial.Length;
            try
            {
                attempt();
                return;
            }
            catch (DownloadFault fault)
            {
                heard |= partial.Length > before || fault.Kind is DownloadFaultKind.Wrong;
                fruitless = partial.Length - before >= limits.Worth ? 0 : fruitless + 1;
                wrong += fault.Kind == DownloadFaultKind.Wrong ? 1 : 0;
                if (fault.Kind == DownloadFaultKind.Final || (fault.Kind == DownloadFaultKind.Unreachable && !heard) || fruitless >= limits.Attempts || wrong > 1)
                {
                    throw new SpecException(DownloadProblems.NotDownloaded(name, address, fault, partial.Length));
                }

                var wait = fault.Wait ?? (limits.Backoff * Math.Pow(2, Math.Max(0, fruitless - 1)));
                _patience.Pause(wait < limits.LongestWait ? wait : limits.LongestWait, () => progress($"Downloading {name}: {fault.Message}; trying again", Share(partial)));
            }
        }
    }

    /// <summary>One attempt: asks for what is missing, takes it, and checks the whole.</summary>
    private void Receive(HubClient client, Uri address, PartialFile partial, string name, PreparationProgress progress)
    {
        void Tell() => progress($"Downloading {name}, {Arrived(partial)}", Share(partial));
        if (partial.Identity?.Length is not { } whole || partial.Length < whole)
        {
            using var answer = Asked(() => _patience.For(cancel => client.Ask(address, partial.Length, partial.Identity, cancel), Tell), address);
            Begin(answer, partial);
            if (partial.Identity!.Length - partial.Length is { } missing && missing > limits.Room(Path.GetDirectoryName(partial.Path)!))
            {
                throw new SpecException(DownloadProblems.NoRoom(partial.Path, missing));
            }

            Take(answer, partial, address, Tell);
        }

        Check(partial, name, progress);
    }

    /// <summary>Sees to it that what the answer brings goes on where the partial file ends.</summary>
    private static void Begin(Answer answer, PartialFile partial)
    {
        var goesOn = answer.Status == HttpStatusCode.PartialContent && answer.Part?.From == partial.Length && partial.Identity is { } known && known.Agrees(answer.Identity);
        if (goesOn)
        {
            return;
        }

        var hadSome = partial.Length > 0;
        if (answer.Status == HttpStatusCode.OK || (hadSome && answer.Status is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable))
        {
            partial.Restart();
        }

        if (answer.Status != HttpStatusCode.OK)
        {
            throw hadSome && answer.Status is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable
                ? new DownloadFault("the file changed on the server", DownloadFaultKind.Passing)
                : DownloadFault.Of(answer.Status, answer.Wait);
        }

        if (answer.IsPacked || !answer.HasEnd)
        {
            throw new DownloadFault(answer.IsPacked ? "the server sends it packed" : "the server does not say how long it is", DownloadFaultKind.Final);
        }

        if (answer.IsPage || answer.Identity.Length == 0)
        {
            throw new DownloadFault(answer.IsPage ? "the server sends a web page in its place" : "the server sends an empty file", DownloadFaultKind.Final);
        }

        partial.Begin(answer.Identity);
    }

    private void Take(Answer answer, PartialFile partial, Uri address, Action tell)
    {
        var (block, told) = (new byte[Block], 0L);
        using var stream = Asked(() => _patience.For(answer.Open, tell), address);
        while (true)
        {
            var read = Asked(() => _patience.For(cancel => stream.ReadAsync(block, cancel).AsTask(), tell), address);
            if (read == 0)
            {
                break;
            }

            partial.Write(block.AsSpan(0, read));
            if (told == 0 || time.GetElapsedTime(told) >= limits.Tick)
            {
                tell();
                told = time.GetTimestamp();
            }
        }

        if (partial.Identity!.Length is { } length && partial.Length != length)
        {
            throw new DownloadFault(string.Create(CultureInfo.InvariantCulture, $"the server ended after {partial.Length:N0} of {length:N0} bytes"), DownloadFaultKind.Passing);
        }
    }

    /// <summary>Compares the hash, and puts the file in its place.</summary>
    private static void Check(PartialFile partial, string name, PreparationProgress progress)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (read, length) = (0L, Math.Max(1, partial.Length));
        partial.Read(bytes =>
        {
            hash.AppendData(bytes);
            progress($"Checking {name}", (read += bytes.Length) / (double)length);
        });
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (partial.Identity!.Sha256 is { } expected && expected != sha256)
        {
            partial.Restart();
            throw new DownloadFault($"its SHA-256 is {sha256}, but the server says {expected}", DownloadFaultKind.Wrong);
        }

        partial.Complete(sha256);
    }

    /// <summary>How much has come: "12 of 1,924 MB", small files in kB; without the whole where the server has not told it.</summary>
    internal static string Arrived(long length, long? whole)
    {
        var (unit, name) = Math.Max(length, whole ?? 0) < 10 * Megabyte ? (Megabyte / 1000, "kB") : (Megabyte, "MB");
        var sum = whole is { } bytes ? string.Create(CultureInfo.InvariantCulture, $" of {Math.Ceiling(bytes / unit):N0}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(length / unit):N0}{sum} {name}");
    }

    private static string Arrived(PartialFile partial) => Arrived(partial.Length, partial.Identity?.Length);

    private static double Share(PartialFile partial) => partial.Identity?.Length is { } length and > 0 ? Math.Min(1, partial.Length / (double)length) : 0;

    /// <summary>Faults of the network as faults of the download; those of the disk pass.</summary>
    private static T Asked<T>(Func<T> ask, Uri address)
    {
        try
        {
            return ask();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw DownloadFault.Of(e, address);
        }
    }
}
