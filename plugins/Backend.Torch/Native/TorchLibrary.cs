using System.Runtime.InteropServices;
using Spud;
using TorchSharp;

namespace Backend.Torch.Native;

/// <summary>Loads libtorch from the plugin's folder, once per process.</summary>
internal static class TorchLibrary
{
    private const string Remedy = "Run ./spud setup torch.";
    private static readonly Lazy<string?> s_missing = new(Load);

    /// <summary>Why libtorch cannot be used here and what to do; null if it can.</summary>
    public static string? Missing => s_missing.Value;

    /// <summary>Folder of this plugin.</summary>
    private static string Folder => Path.GetDirectoryName(typeof(TorchLibrary).Assembly.Location)!;

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>Called by every component when it is built.</summary>
    /// <exception cref="RefusedException">libtorch is missing.</exception>
    public static void Use(IBuildContext build)
    {
        if (Missing is { } reason)
            throw new RefusedException(reason);

        if (LinuxLibraries.WasAdapted)
            build.Log("The C++ library of this system (libstdc++) is older than TorchSharp expects. LibTorchSharp was loaded with its one new function replaced by an older equivalent.");
    }

    /// <summary>Whether this libtorch was built with CUDA.</summary>
    public static bool HasCuda() => Directory.EnumerateFiles(Libraries(), "*torch_cuda*").Any();

    // Linux: a folder from which the plugin itself loads. Elsewhere: where .NET looks for a plugin's native libraries.
    private static string Libraries() => OperatingSystem.IsLinux() ? Path.Combine(Folder, "libtorch") : Path.Combine(Folder, "runtimes", Platform, "native");

    private static string? Load()
    {
        if (Platform is not ("linux-x64" or "win-x64" or "osx-arm64"))
            return $"libtorch has no package for {Platform}. backend.torch runs on linux-x64, win-x64 and osx-arm64; use the CPU backend here.";
        if (!Directory.Exists(Libraries()))
            return $"{Libraries()} is missing: libtorch is not set up. {Remedy}";

        try
        {
            if (OperatingSystem.IsLinux())
                LinuxLibraries.Load(Libraries());

            // TorchSharp finds loaded libraries by name; elsewhere the plugin's load context finds them in the folder.
            torch.InitializeDeviceType(DeviceType.CPU);
            return null;
        }
        catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException or IOException or NotSupportedException)
        {
            return $"libtorch in {Libraries()} does not load: {fault.Message.ReplaceLineEndings(" ").Trim()} {Remedy}";
        }
    }
}
