using System.Runtime.InteropServices;
using Backend.Torch.Native;
using TorchSharp;

namespace Spud.Training.Native;

/// <summary>Loads libtorch from the program's folder and sets it up for one thread.</summary>
internal static partial class TorchLibrary
{
    private const int TrimThreshold = -1, MappedBlocks = -4;

    /// <exception cref="DllNotFoundException">The library is missing or cannot be loaded.</exception>
    public static void Load()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "libtorch");
        if (OperatingSystem.IsLinux())
        {
            if (!Directory.Exists(folder))
                throw new DllNotFoundException($"{folder} is missing: libtorch is not set up. Run ./spud setup torch, then build training/Spud.Training again.");

            KeepFreedMemory();
            // A mixture multiplies many different shapes, one per number of rows, and oneDNN generates code for each.
            _ = SetVariable("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8192", overwrite: 0);
            LinuxLibraries.Load(folder);
        }

        torch.InitializeDeviceType(DeviceType.CPU);
        torch.set_num_threads(1);
    }

    // glibc returns large blocks to the system when they are freed, and a step allocates and frees gigabytes: half of the time would be spent
    // on page faults.
    private static void KeepFreedMemory()
    {
        _ = SetOption(MappedBlocks, 0);
        _ = SetOption(TrimThreshold, -1);
    }

    // Environment variables set through .NET do not reach native libraries.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
