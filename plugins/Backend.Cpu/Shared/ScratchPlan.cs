namespace Backend.Cpu.Shared;

/// <summary>Lays out the arrays of one component's workspace, so that the component reserves memory once.</summary>
internal sealed class ScratchPlan
{
    private const int Alignment = 64;

    /// <summary>Bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds an array and returns its offset, a multiple of 64.</summary>
    public long Add(long bytes)
    {
        long offset = Bytes;
        Bytes += (bytes + Alignment - 1) / Alignment * Alignment;
        return offset;
    }

    /// <summary>Adds an array of f32.</summary>
    public long AddFloats(long count) => Add(count * sizeof(float));
}
