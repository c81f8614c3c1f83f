using Microsoft.ML.OnnxRuntime;
using Spud;

namespace Backend.Onnx.Shared;

/// <summary>
/// ONNX Runtime's environment: one per process, with one thread pool that never spins and one arena for intermediate results.
/// It exists as long as there is a lease.
/// </summary>
internal sealed class OnnxRuntime : IDisposable
{
    // There is one library per process but one copy of this class per loaded plugin (a host may reload it): creating an environment while
    // another copy destroys the last one fails in the library. The contract's type is the one object that all copies share.
    private static readonly object s_lock = typeof(ISpudPlugin);
    private static int s_leases;
    private static int s_threads;
    private static OrtEnv? s_environment;
    private bool _returned;

    private OnnxRuntime()
    {
    }

    /// <summary>Ensures that the environment exists.</summary>
    public static OnnxRuntime Lease(IBuildContext build)
    {
        lock (s_lock)
        {
            int threads = build.Pool.Threads;
            if (s_leases == 0)
                Start(threads);
            else if (s_threads != threads)
                build.Log($"ONNX Runtime computes on {s_threads} threads, not {threads}: its pool was made for another pipeline of this process, which still lives.");

            s_leases++;
            return new OnnxRuntime();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (s_lock)
        {
            if (_returned)
                return;

            _returned = true;
            if (--s_leases == 0)
                Stop();
        }
    }

    private static void Start(int threads)
    {
        using OrtThreadingOptions pool = new() { GlobalIntraOpNumThreads = threads, GlobalInterOpNumThreads = 1, GlobalSpinControl = false };
        EnvironmentCreationOptions options = new() { logId = "spud", threadOptions = pool, logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        s_environment = OrtEnv.CreateInstanceWithOptions(ref options);
        s_threads = threads;
        const uint anyMemory = 0;
        const int sameAsRequested = 1, standard = -1;
        using OrtMemoryInfo memory = new(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        using OrtArenaCfg arena = new(anyMemory, sameAsRequested, standard, standard);
        s_environment.CreateAndRegisterAllocator(memory, arena);
    }

    private static void Stop()
    {
        s_environment?.Dispose();
        s_environment = null;
    }
}
