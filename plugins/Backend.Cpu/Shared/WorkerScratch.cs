using Spud;

namespace Backend.Cpu.Shared;

/// <summary>The same number of floats for each worker; valid during the call in which the view was created.</summary>
internal readonly struct WorkerScratch(TensorView all)
{
    /// <summary>F32 [threads, floats].</summary>
    public Span<float> Of(int worker) => all.At(worker).AsSpan<float>();
}
