using System.Runtime.InteropServices;

namespace Spud.Host;

/// <summary>The program of this process, on Unix.</summary>
internal static partial class ProcessImage
{
    /// <summary>Replaces this program by another one in the same process, so that signals and the terminal are its own. Returns only if that fails.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments, without its name.</param>
    /// <returns>Why it failed: the system's error number.</returns>
    public static int Replace(string file, IReadOnlyList<string> arguments)
    {
        string?[] all = [file, .. arguments, null];
        _ = Execute(file, all);
        return Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string path, string?[] arguments);
}
