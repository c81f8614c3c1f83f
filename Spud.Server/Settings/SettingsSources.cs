namespace Spud.Server.Settings;

/// <summary>Where settings come from: the user's settings file, the environment, and the command line, later ones replacing earlier ones.</summary>
internal static class SettingsSources
{
    /// <summary>Prefix of environment variables: SPUD_Serve__Port is Serve:Port.</summary>
    private const string EnvironmentPrefix = "SPUD_";

    /// <summary>Adds them.</summary>
    /// <exception cref="SettingsException">A file cannot be read, or an argument is no setting.</exception>
    public static void Add(ConfigurationManager configuration, string[] arguments)
    {
        // A file that is named replaces the user's own.
        if (WithoutFile(new ConfigurationBuilder(), arguments).Build()["Settings"] is { } named)
            AddFile(configuration, Path.GetFullPath(named), optional: false);
        else if (Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData) is { Length: > 0 } folder)
            AddFile(configuration, Path.Combine(folder, "spud", "settings.json"), optional: true);

        WithoutFile(configuration, arguments);
    }

    private static T WithoutFile<T>(T configuration, string[] arguments)
        where T : IConfigurationBuilder
    {
        try
        {
            configuration.AddEnvironmentVariables(EnvironmentPrefix);
            configuration.AddCommandLine(arguments);
            return configuration;
        }
        catch (FormatException fault)
        {
            throw new SettingsException($"command line: {fault.Message} Settings have the form --Serve:Port=8080.");
        }
    }

    private static void AddFile(ConfigurationManager configuration, string file, bool optional)
    {
        try
        {
            configuration.AddJsonFile(file, optional, reloadOnChange: false);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{file}: cannot be read: {(fault.InnerException ?? fault).Message} Correct the file or delete it.");
        }
    }
}
