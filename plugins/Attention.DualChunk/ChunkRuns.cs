using Backend.Shared.Attention;
using Spud;

namespace Attention.DualChunk;

/// <summary>Splits the runs of a step's pages into parts, in order of position; runs are split at the boundaries.</summary>
internal sealed class ChunkRuns
{
    private const int RunFields = 5;
    private readonly TensorView _runs, _offsets, _headOffsets;
    private readonly (int Run, int Key)[] _next;
    private PageView _pages;

    /// <param name="build">Memory and limits.</param>
    /// <param name="keysAtOnce">Maximum number of keys per part, sequence and head.</param>
    public ChunkRuns(IFoldBuildContext build, int keysAtOnce)
    {
        int sequences = build.Limits.StepSequences;
        int heads = build.Layers.Max(layer => build.Layout(layer).Pools.Any(static pool => pool.PerHead) ? build.Model.Layers[layer].Kv.Heads : 1);
        _runs = build.Allocate(build.Host, ElementType.I32, checked(Math.Min(keysAtOnce, build.Limits.ContextTokens) * sequences * heads), RunFields);
        _offsets = build.Allocate(build.Host, ElementType.I32, sequences + 1);
        _headOffsets = build.Allocate(build.Host, ElementType.I32, sequences * heads + 1);
        _next = new (int, int)[sequences * heads];
    }

    /// <summary>Starts with the first key of every sequence.</summary>
    public void Begin(in PageView pages)
    {
        _pages = pages;
        ReadOnlySpan<int> offsets = Offsets;
        for (int list = 0; list + 1 < offsets.Length; list++)
            _next[list] = (offsets[list], 0);
    }

    /// <summary>Takes the remaining keys below a position.</summary>
    /// <returns>Whether there are any.</returns>
    public bool TryTake(long end, out PageView part)
    {
        ReadOnlySpan<int> offsets = Offsets;
        Span<int> taken = (_pages.HeadRunOffsets.IsPresent ? _headOffsets : _offsets).AsSpan<int>();
        int count = 0, lists = offsets.Length - 1;
        for (int list = 0; list < lists; list++)
        {
            taken[list] = count;
            count = Take(list, offsets[list + 1], end, count);
        }

        taken[lists] = count;
        part = count == 0 ? default : View(count, lists);
        return count > 0;
    }

    // For each sequence or, if pages are per head, for each sequence and KV head.
    private ReadOnlySpan<int> Offsets => (_pages.HeadRunOffsets.IsPresent ? _pages.HeadRunOffsets : _pages.RunOffsets).AsSpan<int>();

    private int Take(int list, int lastRun, long end, int count)
    {
        ReadOnlySpan<KeyRun> runs = _pages.Runs.AsSpan<KeyRun>();
        Span<KeyRun> into = _runs.AsSpan<KeyRun>();
        (int run, int first) = _next[list];
        for (; run < lastRun; run++, first = 0)
        {
            ReadOnlySpan<int> positions = _pages.PositionsOf(runs[run]).AsSpan<int>();
            int below = RunSearch.IndexOf(runs[run], positions, (int)Math.Clamp(end, 0, int.MaxValue));
            if (below > first)
                into[count++] = RunSearch.Part(runs[run], positions, first, below - first);
            if (below < runs[run].Keys)
            {
                first = Math.Max(first, below);
                break;
            }
        }

        _next[list] = (run, first);
        return count;
    }

    private PageView View(int count, int lists)
    {
        TensorView offsets = _offsets, headOffsets = default;
        if (_pages.HeadRunOffsets.IsPresent)
        {
            headOffsets = _headOffsets.Rows(0, lists + 1);
            int sequences = _pages.RunOffsets.Shape[0] - 1, heads = lists / sequences;
            for (int sequence = 0; sequence <= sequences; sequence++)
                _offsets.AsSpan<int>()[sequence] = headOffsets.AsSpan<int>()[sequence * heads];
        }

        return new() { Pool = _pages.Pool, Runs = _runs.Rows(0, count), RunOffsets = offsets.Rows(0, _pages.RunOffsets.Shape[0]), HeadRunOffsets = headOffsets };
    }
}
