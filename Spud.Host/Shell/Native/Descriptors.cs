using System.Runtime.InteropServices;

namespace Spud.Host;

/// <summary>Descriptors of this process on Linux.</summary>
internal static partial class Descriptors
{
    private const int CopyAndCloseInChildren = 1030;
    private const int MinOfOurs = 3;

    /// <summary>A further descriptor of an open file, which child processes do not get; null: the process may open no more.</summary>
    public static int? Copy(int descriptor) => Control(descriptor, CopyAndCloseInChildren, MinOfOurs) is >= 0 and int copy ? copy : null;

    /// <summary>Lets a descriptor stand for the file of another one; false: nothing has changed.</summary>
    public static bool Replace(int descriptor, int other) => Duplicate(other, descriptor) == descriptor;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);
}
