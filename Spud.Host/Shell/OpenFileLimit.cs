namespace Spud.Host;

/// <summary>
/// The limit on open files (ulimit -n). Every assembly is an open file: if the limit is too low, loading may fail anywhere, even while an
/// error is being reported, so it is checked first and with as few assemblies as possible.
/// </summary>
internal static class OpenFileLimit
{
    private const int Needed = 128;
    private const string Limits = "/proc/self/limits";
    private const string Line = "\nMax open files";

    /// <summary>Why nothing can run; null if the limit is high enough or unknown.</summary>
    public static string? Refusal()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Limits))
            return null;

        string limits = File.ReadAllText(Limits);
        int at = limits.IndexOf(Line, StringComparison.Ordinal);
        ReadOnlySpan<char> soft = at < 0 ? "" : limits.AsSpan(at + Line.Length).TrimStart();
        int end = soft.IndexOf(' ');
        return end > 0 && int.TryParse(soft[..end], out int files) && files < Needed
            ? $"this process may open {files} files, and Spud needs {Needed}: every assembly and model is one. Raise the limit: ulimit -n 1024"
            : null;
    }
}
