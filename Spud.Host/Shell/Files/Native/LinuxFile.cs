using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Spud.Host;

/// <summary>File information on Linux that .NET does not provide: device, inode and kind.</summary>
internal static partial class LinuxFile
{
    private const int CurrentFolder = -100;
    private const uint BasicFields = 0x7ff;
    private const int KindMask = 0xf000;
    private const int Regular = 0x8000;

    /// <summary>
    /// Device and inode of the file with all links resolved, and whether it is a regular file; null if it does not exist or the kernel does not
    /// say.
    /// </summary>
    public static (string Key, bool IsRegular)? Identify(string path)
    {
        // struct statx has the same layout on every architecture: mode at 28, inode at 32, device at 136.
        Span<byte> fields = stackalloc byte[256];
        if (Status(CurrentFolder, path, 0, BasicFields, ref fields[0]) != 0)
            return null;

        int kind = BinaryPrimitives.ReadUInt16LittleEndian(fields[28..]) & KindMask;
        string key = $"{Convert.ToHexString(fields[136..144])}:{Convert.ToHexString(fields[32..40])}";
        return (key, kind == Regular);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, ref byte fields);
}
