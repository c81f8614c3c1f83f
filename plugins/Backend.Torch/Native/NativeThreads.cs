using TorchSharp;

namespace Backend.Torch.Native;

/// <summary>
/// Sets libtorch's number of threads for the lifetime of this value. libtorch keeps one number per calling thread, and a thread that never
/// set it uses the number last set in the process, for whichever pipeline. So every call sets its own: products of few rows are split
/// by the number of threads, and round accordingly.
/// </summary>
internal readonly struct NativeThreads : IDisposable
{
    // libtorch does not split element-wise operations smaller than this among threads.
    private const long SmallElements = 32768;
    private readonly int _before;

    public NativeThreads(int count)
    {
        _before = torch.get_num_threads();
        Set(count, _before);
    }

    /// <summary>Number of threads worth using for operations on this many numbers: waking a thread takes longer than a small operation.</summary>
    public static int For(long elements, int threads) => elements < SmallElements ? 1 : threads;

    public void Dispose() => Set(_before, torch.get_num_threads());

    private static void Set(int wanted, int now)
    {
        if (wanted != now)
            torch.set_num_threads(wanted);
    }
}
