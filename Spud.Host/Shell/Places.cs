namespace Spud.Host;

/// <summary>Locations of bundled files and of files added by the user.</summary>
internal static class Places
{
    /// <summary>File name of the embedded model.</summary>
    public const string DefaultModelName = "smollm2-135m-instruct-q4_1.gguf";

    /// <summary>
    /// The embedded model, read in place: in <c>models/</c> of SPUD_HOME, or of the nearest folder above the host that has it; null if not
    /// found.
    /// </summary>
    public static string? DefaultModel()
    {
        if (Environment.GetEnvironmentVariable("SPUD_HOME") is { Length: > 0 } home)
            return ModelIn(home);

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (ModelIn(folder.FullName) is { } model)
                return model;
        }

        return null;
    }

    /// <summary>Plugin folders: those of the command line, the host's and the user's; of two plugins with the same id the first counts.</summary>
    /// <param name="named">Folders given with <c>--plugins</c>.</param>
    /// <exception cref="BadInputException">A named folder does not exist.</exception>
    public static IReadOnlyList<string> PluginFolders(IReadOnlyList<string> named)
    {
        foreach (string folder in named)
        {
            if (!Directory.Exists(folder))
                throw new BadInputException($"--plugins: no such folder: {Path.GetFullPath(folder)}");
        }

        string[] usual = [Path.Combine(AppContext.BaseDirectory, "plugins"), .. UserFolders()];
        return [.. named.Select(Path.GetFullPath).Concat(usual.Where(Directory.Exists)).Distinct()];
    }

    /// <summary>The user's own folder of plugins, <c>~/.spud/plugins</c>, whether or not it exists.</summary>
    /// <exception cref="BadInputException">The user has no home directory.</exception>
    public static string UserPlugins() => HomePlugins() ?? throw new BadInputException("the user has no home folder, so there is no user plugin folder. Set HOME, or name a folder with --plugins.");

    /// <summary>The file for the history of typed messages; null if there is no place for it.</summary>
    public static string? InputHistory() => Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } data ? Path.Combine(data, "spud", "history.jsonl") : null;

    /// <summary>The user's settings for long-running commands, whether or not the file exists; null if the user has no settings folder.</summary>
    public static string? SettingsFile() =>
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData) is { Length: > 0 } folder ? Path.Combine(folder, "spud", "settings.json") : null;

    private static string? HomePlugins() =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".spud", "plugins") : null;

    private static IEnumerable<string> UserFolders()
    {
        if (HomePlugins() is { } plugins)
            yield return plugins;

        // $XDG_DATA_HOME or ~/.local/share; %LOCALAPPDATA% on Windows.
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        if (data.Length > 0)
            yield return Path.Combine(data, "spud", "plugins");
    }

    private static string? ModelIn(string folder)
    {
        string path = Path.Combine(folder, "models", DefaultModelName);
        return File.Exists(path) ? path : null;
    }
}
