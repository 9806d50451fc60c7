using System.IO.Compression;

namespace Crowsnest.Core.Intake;

/// <summary>Unpacks gzip up to a limit: a few kilobytes can unpack to gigabytes.</summary>
internal static class Gunzip
{
    /// <summary>Most bytes a message unpacks to. An event hub takes a megabyte; real JSON packs to a tenth.</summary>
    internal const int LargestMessage = 64 * 1024 * 1024;

    internal static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    /// <summary>Unpacks as far as the limit, or as far as the bytes are sound.</summary>
    internal static Unpacked Unpack(ReadOnlyMemory<byte> packed, int largest)
    {
        using MemoryStream content = new();
        try
        {
            using GZipStream zip = new(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            byte[] buffer = new byte[1 << 16];
            int read;
            while ((read = zip.Read(buffer)) > 0)
            {
                if (content.Length + read > largest)
                {
                    content.Write(buffer, 0, (int)(largest - content.Length));
                    return new(content.ToArray(), largest < LargestMessage ? QuarantineReason.BatchTooLarge : QuarantineReason.TooLarge);
                }

                content.Write(buffer, 0, read);
            }

            return new(content.ToArray(), QuarantineReason.None);
        }
        catch (InvalidDataException)
        {
            return new(content.ToArray(), QuarantineReason.BadGzip);
        }
    }
}
