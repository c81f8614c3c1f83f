using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Spud.Host;

/// <summary>Log settings of long-running commands.</summary>
/// <param name="File">Null if there is no log.</param>
/// <param name="FileBytes">Size at which a new file is started.</param>
/// <param name="Files">Number of files kept; the oldest is deleted.</param>
internal sealed record LogSettings(string? File, long FileBytes, int Files)
{
    private const int Megabyte = 1 << 20;

    /// <summary>Reads the section <c>Log</c>.</summary>
    /// <param name="settings">Settings of the host.</param>
    /// <param name="file">Given on the command line, which takes precedence.</param>
    /// <exception cref="BadInputException">A value is out of range.</exception>
    public static LogSettings Of(IConfiguration settings, string? file)
    {
        IConfigurationSection log = settings.GetSection("Log");
        return new(file ?? log["File"], Number(log, "Megabytes", 10, 1024) * (long)Megabyte, Number(log, "Files", 5, 1000));
    }

    private static string EnvironmentName(string name) => $"{CommandHost.EnvironmentPrefix}Log__{name}";

    private static int Number(IConfigurationSection log, string name, int usual, int max)
    {
        if (log[name] is not { } text)
            return usual;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= max
            ? value
            : throw new BadInputException($"setting {log.Path}:{name}: expected a whole number from 1 to {max}, got '{text}'. It is set by {EnvironmentName(name)} in the environment, or in spud/settings.json in your folder for settings.");
    }
}
