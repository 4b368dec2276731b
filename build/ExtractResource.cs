using System;
using System.IO;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Copies one embedded resource of an assembly to a file, after checking its SHA-256.</summary>
public class ExtractResource : Task
{
    [Required] public string Assembly { get; set; }
    [Required] public string Resource { get; set; }
    [Required] public string Sha256 { get; set; }
    [Required] public string Destination { get; set; }

    public override bool Execute()
    {
        var bytes = Read();
        if (bytes == null)
        {
            Log.LogError("{0} has no embedded resource {1}. Build with -p:BlazorScript=sdk.", Assembly, Resource);
            return false;
        }

        using (var sha = SHA256.Create())
        {
            var found = BitConverter.ToString(sha.ComputeHash(bytes)).Replace("-", "").ToLowerInvariant();
            if (found != Sha256)
            {
                Log.LogError("{0} in {1} has SHA-256 {2}, expected {3}.", Resource, Assembly, found, Sha256);
                return false;
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        File.WriteAllBytes(Destination, bytes);
        return true;
    }

    private byte[] Read()
    {
        using (var stream = System.Reflection.Assembly.LoadFile(Assembly).GetManifestResourceStream(Resource))
        {
            if (stream == null)
            {
                return null;
            }

            var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
    }
}
