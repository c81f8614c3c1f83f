using System.Runtime.CompilerServices;

namespace Spud.Host.Tests;

/// <summary>An empty home for everything that tests start: the plugins in the user's own are none of their business.</summary>
internal static class TestHome
{
    /// <summary>Of the person who runs the tests.</summary>
    public static string OfUser { get; private set; } = "";

    [ModuleInitializer]
    internal static void Move()
    {
        OfUser = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string home = Directory.CreateTempSubdirectory("spud-home-").FullName;
        foreach (string variable in new[] { "HOME", "USERPROFILE", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA" })
            Environment.SetEnvironmentVariable(variable, home);

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(home, recursive: true);
    }
}
