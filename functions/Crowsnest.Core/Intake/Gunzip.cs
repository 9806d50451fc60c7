using System.IO.Compression;

namespace Crowsnest.Core.Intake;

/// <summary>Unpacks gzip up to a limit: a few kilobytes can unpack to gigabytes.</summary>
internal static class Gunzip
{
    /// <summary>Most bytes a message unpacks to. An event hub takes a megabyte; real JSON packs to a tenth.</summary>
    internal const int LargestMessage = 64 * 1024 * 1024;

    internal static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    /// <summary>Unpacks a message.</summary>
    /// <returns>The content, or null when it is damaged or too large.</returns>
    internal static byte[]? Unpack(ReadOnlyMemory<byte> packed)
    {
        try
        {
            using GZipStream zip = new(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            using MemoryStream content = new();
            byte[] buffer = new byte[1 << 16];
            int read;
            while ((read = zip.Read(buffer)) > 0)
            {
                if (content.Length + read > LargestMessage)
                {
                    return null;
                }

                content.Write(buffer, 0, read);
            }

            return content.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
