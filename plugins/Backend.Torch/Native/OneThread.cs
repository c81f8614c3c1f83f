using System.Runtime.InteropServices;

namespace Backend.Torch.Native;

/// <summary>Keeps what libtorch does on a worker of the pipeline on that worker: its own threads are for calls that have the machine.</summary>
internal static unsafe class OneThread
{
    private static readonly delegate* unmanaged<int, void> s_setThreads = Find();

    [ThreadStatic]
    private static bool t_isSet;

    /// <summary>OpenMP's number of threads is a property of the calling thread.</summary>
    public static void Require()
    {
        if (t_isSet)
            return;

        t_isSet = true;
        if (s_setThreads is not null)
            s_setThreads(1);
    }

    private static delegate* unmanaged<int, void> Find()
    {
        if (LinuxLibraries.OpenMp is not { } path || !NativeLibrary.TryLoad(path, out nint library))
            return null;

        return NativeLibrary.TryGetExport(library, "omp_set_num_threads", out nint function) ? (delegate* unmanaged<int, void>)function : null;
    }
}
