using TorchSharp;

namespace Backend.Torch.Native;

/// <summary>
/// libtorch's number of threads, for as long as this lives. libtorch keeps one for each thread that calls it, and a thread that never set
/// it takes the one that was set last in the process, whichever pipeline that was for. So every call says how many it wants: products of
/// few rows are split by them, and round accordingly.
/// </summary>
internal readonly struct NativeThreads : IDisposable
{
    // Element by element libtorch shares nothing smaller than this among threads.
    private const long SmallElements = 32768;
    private readonly int _before;

    public NativeThreads(int count)
    {
        _before = torch.get_num_threads();
        Set(count, _before);
    }

    /// <summary>How many are worth while for operations on so many numbers: waking a thread takes longer than a small one.</summary>
    public static int For(long elements, int threads) => elements < SmallElements ? 1 : threads;

    public void Dispose() => Set(_before, torch.get_num_threads());

    private static void Set(int wanted, int now)
    {
        if (wanted != now)
            torch.set_num_threads(wanted);
    }
}
