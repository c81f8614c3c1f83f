namespace Spud.Host.Repl.Storage;

/// <summary>Location of the user's conversations.</summary>
internal static class DataFolder
{
    /// <summary>
    /// <c>$XDG_DATA_HOME/spud/conversations.db</c>, or in <c>~/.local/share</c>; <c>%LOCALAPPDATA%</c> on Windows. Null if the user has no such
    /// folder.
    /// </summary>
    public static string? Conversations() =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data
            ? Path.Combine(data, "spud", "conversations.db") : null;

    /// <summary>The folder beside it for the keys and values of the conversations.</summary>
    public static string? Pages() => Conversations() is { } file ? Path.Combine(Path.GetDirectoryName(file)!, "pages") : null;
}
