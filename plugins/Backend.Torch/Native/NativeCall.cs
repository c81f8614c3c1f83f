using static TorchSharp.torch;

namespace Backend.Torch.Native;

/// <summary>Settings in effect while a component calls libtorch: the number of threads, and no autograd. Both apply to the calling thread.</summary>
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
