namespace Spud.Conformance.Tests;

/// <summary>Finds what is committed and what was built, in whatever folder the tests run.</summary>
internal static class TestData
{
    /// <summary>The folder that holds Spud.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The reference plugin, in the configuration of these tests.</summary>
    public static string Reference => Built("Reference");

    /// <summary>A plugin of <c>tests/plugins</c>, in the configuration of these tests.</summary>
    public static string Built(string plugin)
    {
        DirectoryInfo framework = new(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return System.IO.Path.Combine(Root, "tests", "plugins", plugin, "bin", framework.Parent!.Name, framework.Name);
    }

    /// <summary>A file of <c>tests/data</c>.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Root, "tests", "data", relative);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Spud.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Spud.sln.");
    }
}
