using System.Runtime.InteropServices;

namespace Spud.Host.Repl.Screen;

/// <summary>Waits for a terminal without waking up now and then to look.</summary>
internal static partial class TerminalPoll
{
    private const short PollIn = 1;

    /// <summary>Waits until standard input has something to read or is closed.</summary>
    /// <param name="milliseconds">At most so long.</param>
    /// <returns>False: the time is over, or a signal came.</returns>
    public static bool Wait(int milliseconds)
    {
        Descriptor input = new() { File = 0, Events = PollIn };
        return Poll(ref input, 1, milliseconds) > 0;
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
