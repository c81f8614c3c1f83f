using System.Runtime.InteropServices;

namespace Spud.Host.Repl.Screen;

/// <summary>Waits for terminal input without polling.</summary>
internal static partial class TerminalPoll
{
    private const int StandardInput = 0;
    private const int Forever = -1;
    private const short PollIn = 1;

    /// <summary>Waits until standard input has something to read or is closed.</summary>
    /// <param name="end">Ends the wait when it can be read.</param>
    /// <returns>False if the wait ended for another reason, such as a signal.</returns>
    public static bool Wait(SafeHandle end)
    {
        Span<Descriptor> descriptors = [new() { File = StandardInput, Events = PollIn }, new() { File = (int)end.DangerousGetHandle(), Events = PollIn }];
        return Poll(ref MemoryMarshal.GetReference(descriptors), (nuint)descriptors.Length, Forever) > 0 && descriptors[0].Happened != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Descriptor descriptors, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public int File;
        public short Events;
        public short Happened;
    }
}
