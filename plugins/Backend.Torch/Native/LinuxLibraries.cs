using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Backend.Torch.Native;

/// <summary>
/// Loads libtorch's libraries on Linux. Each is loaded once per process, whichever copy of this plugin asks: a second libtorch would
/// register its operators twice and terminate the process. Loaded libraries are then found by name, so TorchSharp needs no path.
/// </summary>
internal static partial class LinuxLibraries
{
    private const string Bindings = "libLibTorchSharp.so";
    private const int LazyIfLoaded = 0x1 | 0x4; // RTLD_LAZY | RTLD_NOLOAD
    private const uint CloseOnExec = 1;

    /// <summary>Whether the bindings were patched for an old libstdc++.</summary>
    public static bool WasAdapted { get; private set; }

    /// <exception cref="DllNotFoundException">A library cannot be loaded.</exception>
    public static void Load(string folder)
    {
        SetEnvironment();
        // A device registers itself when its library is loaded, so CUDA's is loaded first if present; the others are loaded with libtorch.
        foreach (string name in (ReadOnlySpan<string>)["libtorch_cuda.so", "libtorch.so"])
        {
            string path = Path.Combine(folder, name);
            if (!IsLoaded(name) && (name == "libtorch.so" || File.Exists(path)))
                NativeLibrary.Load(path);
        }

        if (!IsLoaded(Bindings))
            LoadBindings(Path.Combine(folder, Bindings));
    }

    private static void LoadBindings(string path)
    {
        if (!File.Exists(path))
            throw new DllNotFoundException($"{path} does not exist.");
        if (OldLibstdcxx.Suffices())
        {
            NativeLibrary.Load(path);
            return;
        }

        using SafeFileHandle memory = MemoryFile(Bindings);
        RandomAccess.Write(memory, OldLibstdcxx.Adapt(File.ReadAllBytes(path)), 0);
        NativeLibrary.Load($"/proc/self/fd/{memory.DangerousGetHandle()}");
        WasAdapted = true;
    }

    // Read by the libraries while they are loaded; values set through .NET do not reach them, and values set by the user are kept.
    private static void SetEnvironment()
    {
        // Waiting threads spin for some 50 microseconds, like Spud's own, and then sleep: long enough for the next product of
        // a layer, too short to keep the CPU from others.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetVariable("GOMP_SPINCOUNT", "1000", overwrite: 0);
    }

    private static bool IsLoaded(string name) => Open(name, LazyIfLoaded) != 0;

    private static SafeFileHandle MemoryFile(string name)
    {
        int descriptor = CreateMemoryFile(name, CloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new DllNotFoundException($"{name} cannot be adapted to this system's libstdc++: memfd_create failed with error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string name, int flags);

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
