namespace Spud.Tests;

/// <summary>Finds the committed test data: <c>tests/data</c> and <c>models</c> beside Spud.sln, in whatever folder the tests run.</summary>
internal static class TestData
{
    /// <summary>The folder that holds Spud.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The embedded default model.</summary>
    public static string DefaultModel => System.IO.Path.Combine(Root, "models", "smollm2-135m-instruct-q4_1.gguf");

    /// <summary>A file or folder of <c>tests/data</c>, for example <c>dequant/q4_0.bin</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static string Path(string relative)
    {
        string path = System.IO.Path.Combine(Root, "tests", "data", relative);
        return System.IO.Path.Exists(path) ? path : throw new FileNotFoundException($"No test data at {path}.", path);
    }

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
