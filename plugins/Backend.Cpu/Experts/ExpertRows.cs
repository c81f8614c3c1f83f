using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>
/// The activations of one Execute: normed rows, rows gathered by expert, and what gate and up make of them. The rows of a group lie
/// together, from the place of its first entry on.
/// </summary>
internal readonly struct ExpertRows
{
    /// <summary>[T, C], exact and perhaps rounded.</summary>
    public required Activations Normed { get; init; }

    /// <summary>F32 [entries, C], or absent: rows of groups whose rows do not lie together.</summary>
    public required TensorView Gathered { get; init; }

    /// <summary>Where their rounded rows are.</summary>
    public required nint GatheredRounded { get; init; }

    /// <summary>F32 [entries, F of the widest expert], or absent.</summary>
    public required TensorView Inner { get; init; }

    /// <summary>Where their rounded rows are.</summary>
    public required nint InnerRounded { get; init; }

    /// <summary>Bytes from one entry's rounded rows to the next's, gathered.</summary>
    public required long GatheredStride { get; init; }

    /// <summary>The same, inner.</summary>
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
