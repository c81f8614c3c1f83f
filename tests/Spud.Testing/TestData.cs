using System.Runtime.InteropServices;

namespace Spud.Testing;

/// <summary>Finds the committed test data: <c>tests/data</c> and <c>models</c> next to Spud.sln, in whatever folder the tests run.</summary>
public static class TestData
{
    /// <summary>The folder that holds Spud.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The embedded default model.</summary>
    public static string DefaultModel => System.IO.Path.Combine(Root, "models", "smollm2-135m-instruct-q4_1.gguf");

    /// <summary>Where the host's plugins were built, in the configuration of these tests.</summary>
    public static string Plugins => System.IO.Path.Combine(OutputOf("Spud.Host"), "plugins");

    /// <summary>The reference plugin, in the configuration of these tests.</summary>
    public static string Reference => Built("Reference");

    /// <summary>A plugin of <c>tests/plugins</c>, in the configuration of these tests.</summary>
    public static string Built(string plugin) => OutputOf($"tests/plugins/{plugin}");

    /// <summary>What a project was built into, in the configuration of these tests.</summary>
    /// <param name="project">Its folder, from the root.</param>
    public static string OutputOf(string project)
    {
        // bin/<configuration>/<framework>: the output of these tests has the same two.
        DirectoryInfo framework = new(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return System.IO.Path.Combine(Root, project.Replace('/', System.IO.Path.DirectorySeparatorChar), "bin", framework.Parent!.Name, framework.Name);
    }

    /// <summary>A file or folder of <c>tests/data</c>, for example <c>dequant/q4_0.bin</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static string Path(string relative)
    {
        string path = System.IO.Path.Combine(Root, "tests", "data", relative);
        return System.IO.Path.Exists(path) ? path : throw new FileNotFoundException($"No test data at {path}.", path);
    }

    /// <summary>Whether there is such a file or folder of <c>tests/data</c>.</summary>
    public static bool Has(string relative) => System.IO.Path.Exists(System.IO.Path.Combine(Root, "tests", "data", relative));

    /// <summary>The bytes of a file of <c>tests/data</c>.</summary>
    public static byte[] Bytes(string relative) => File.ReadAllBytes(Path(relative));

    /// <summary>The numbers of a file of <c>tests/data</c>.</summary>
    public static float[] Floats(string relative) => [.. MemoryMarshal.Cast<byte, float>(Bytes(relative))];

    /// <summary>The numbers of a file of <c>tests/data</c>, such as token ids.</summary>
    public static int[] Ints(string relative) => [.. MemoryMarshal.Cast<byte, int>(Bytes(relative))];

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
