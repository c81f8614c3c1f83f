using System.Runtime.InteropServices;

namespace Backend.Onnx.Native;

/// <summary>The native library: next to this assembly, or wherever the system finds it.</summary>
internal static unsafe class OrtLibrary
{
    private const string Name = "onnxruntime";

    /// <summary>Oldest tested minor version of major version 1.</summary>
    private const int OldestMinor = 31;

    private static readonly Lazy<nint> s_handle = new(() =>
        Find(Folder, Name) is var handle && handle != 0 ? handle : throw new OnnxException($"the library {Name} is missing. Run: ./spud setup onnx"));

    /// <summary>The loaded library.</summary>
    public static nint Handle => s_handle.Value;

    private static string Folder => Path.GetDirectoryName(typeof(OrtLibrary).Assembly.Location)!;

    /// <summary>Why the library cannot be used and what to do; null if it can.</summary>
    public static string? Problem() => Problem(Folder, Name);

    /// <summary>The same for another folder or name.</summary>
    /// <param name="folder">The folder that contains runtimes/RID/native.</param>
    /// <param name="name">Name without prefix and suffix.</param>
    public static string? Problem(string folder, string name)
    {
        nint handle = Find(folder, name);
        if (handle == 0)
            return $"the native library {name} is missing (looked in {NativeFolder(folder)} and where the system looks). Run: ./spud setup onnx";
        if (!NativeLibrary.TryGetExport(handle, "OrtGetApiBase", out nint apiBase))
            return $"the library {name} is not ONNX Runtime: it does not export OrtGetApiBase. Run: ./spud setup onnx";

        nint* start = ((delegate* unmanaged<nint*>)apiBase)();
        string version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)start[1])()) ?? "";
        return ProblemOf(version);
    }

    /// <summary>Why the CUDA provider is missing and what to do; null if it is present.</summary>
    public static string? CudaProblem() => File.Exists(Path.Combine(NativeFolder(Folder), "libonnxruntime_providers_cuda.so"))
        ? null
        : $"ONNX Runtime's CUDA provider is missing (libonnxruntime_providers_cuda.so in {NativeFolder(Folder)}). Run: ./spud setup onnx --cuda";

    /// <summary>Why a version is unsupported; null if it is supported.</summary>
    public static string? ProblemOf(string version) =>
        System.Version.TryParse(version, out Version? parsed) && parsed is { Major: 1, Minor: >= OldestMinor }
            ? null
            : $"ONNX Runtime {version} was found; 1.{OldestMinor} or a later 1.x is needed. Run: ./spud setup onnx";

    private static string NativeFolder(string folder) =>
        Path.Combine(folder, "runtimes", OperatingSystem.IsWindows() ? "win-x64" : OperatingSystem.IsMacOS() ? "osx-arm64" : "linux-x64", "native");

    private static nint Find(string folder, string name)
    {
        string file = OperatingSystem.IsWindows() ? name + ".dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
        string path = Path.Combine(NativeFolder(folder), file);
        return (File.Exists(path) && NativeLibrary.TryLoad(path, out nint handle))
            || NativeLibrary.TryLoad(name, typeof(OrtLibrary).Assembly, searchPath: null, out handle) ? handle : 0;
    }
}
