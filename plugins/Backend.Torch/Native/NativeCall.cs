using static TorchSharp.torch;

namespace Backend.Torch.Native;

/// <summary>What holds while a component calls libtorch: so many threads, and nothing recorded for derivatives. Both belong to the calling thread.</summary>
internal readonly struct NativeCall(int threads) : IDisposable
{
    private readonly NativeThreads _threads = new(threads);
    private readonly IDisposable _inference = inference_mode();

    public void Dispose()
    {
        _inference.Dispose();
        _threads.Dispose();
    }
}
