using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>
/// The activations of one Execute: normalised rows, rows gathered by expert, and the outputs of gate and up. The rows of a group are
/// contiguous, starting at its first entry.
/// </summary>
internal readonly struct ExpertRows
{
    /// <summary>[T, C], exact and optionally rounded.</summary>
    public required Activations Normed { get; init; }

    /// <summary>F32 [entries, C], or absent: rows of groups whose rows are not contiguous.</summary>
    public required TensorView Gathered { get; init; }

    /// <summary>Address of the rounded gathered rows.</summary>
    public required nint GatheredRounded { get; init; }

    /// <summary>F32 [entries, F of the widest expert], or absent.</summary>
    public required TensorView Inner { get; init; }

    /// <summary>Address of the rounded inner rows.</summary>
    public required nint InnerRounded { get; init; }

    /// <summary>Stride in bytes between the rounded rows of entries, gathered.</summary>
    public required long GatheredStride { get; init; }

    /// <summary>Stride in bytes between the rounded rows of entries, inner.</summary>
    public required long InnerStride { get; init; }

    /// <summary>[entries of the group, C].</summary>
    public Activations InputOf(in ExpertGroups.Group group) => group.FirstRow is { } first
        ? Normed.Rows(first, group.Entries)
        : Part(
            Gathered, group, Normed.Width, group.Expert.ReadsExact,
            group.Expert.ReadsRounded ? GatheredRounded + (nint)(group.FirstEntry * GatheredStride) : 0);

    /// <summary>[entries of the group, F].</summary>
    public Activations InnerOf(in ExpertGroups.Group group) => Part(
        Inner, group, group.Expert.Width, !group.Expert.Down.ReadsRounded,
        group.Expert.Down.ReadsRounded ? InnerRounded + (nint)(group.FirstEntry * InnerStride) : 0);

    private static Activations Part(in TensorView all, in ExpertGroups.Group group, int width, bool exact, nint rounded) => new(
        group.Entries,
        width,
        exact ? new(all.Domain, all.Rows(group.FirstEntry, group.Entries).Address, ElementType.F32, group.Entries, width) : default,
        rounded);
}
