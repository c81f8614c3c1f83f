using System.Runtime.InteropServices;

namespace Spud.Numerics.Tests;

/// <summary>The committed test data.</summary>
internal static class TestData
{
    private static readonly string _root = FindRoot();

    /// <summary>The full path of a file below tests/data, as "dequant/q4_0.bin".</summary>
    public static string Path(string relative) => System.IO.Path.Combine(_root, "tests", "data", relative);

    public static byte[] Bytes(string relative) => File.ReadAllBytes(Path(relative));

    public static float[] Floats(string relative) => MemoryMarshal.Cast<byte, float>(Bytes(relative)).ToArray();

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "Spud.sln")))
        {
            folder = System.IO.Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Spud.sln.");
    }
}
