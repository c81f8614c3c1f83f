using System.Runtime.InteropServices;

namespace Spud.Host;

/// <summary>File descriptors of this process on Linux.</summary>
internal static partial class Descriptors
{
    private const int CopyAndCloseInChildren = 1030;
    private const int MinOfOurs = 3;

    /// <summary>Another descriptor of an open file, which child processes do not inherit; null if the process may not open any more.</summary>
    public static int? Copy(int descriptor) => Control(descriptor, CopyAndCloseInChildren, MinOfOurs) is >= 0 and int copy ? copy : null;

    /// <summary>Makes a descriptor refer to the file of another one; if false, nothing has changed.</summary>
    public static bool Replace(int descriptor, int other) => Duplicate(other, descriptor) == descriptor;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);
}
