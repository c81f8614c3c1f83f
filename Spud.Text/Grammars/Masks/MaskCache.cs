namespace Spud.Text.Grammars;

/// <summary>The last masks of a text, and room to compute the next one. Within a string, and between equal members of a list, the same mask is asked for again.</summary>
internal sealed class MaskCache
{
    private const int Kept = 8;

    private readonly ulong[]?[] _masks = new ulong[]?[Kept];
    private readonly int[] _sets = new int[Kept];
    private readonly int _words;
    private int _next;

    public MaskCache(int words, int depth)
    {
        _words = words;
        (Path, Nodes) = (new int[depth + 1], new int[depth + 1]);
        Clear();
    }

    /// <summary>By depth: the set of stacks.</summary>
    public int[] Path { get; }

    /// <summary>By depth: the node of the vocabulary.</summary>
    public int[] Nodes { get; }

    /// <summary>Finds the mask of a set; else returns an empty one, which counts as that set's from now on.</summary>
    public bool TryFind(int set, out ulong[] mask)
    {
        int known = Array.IndexOf(_sets, set);
        if (known >= 0)
        {
            mask = _masks[known]!;
            return true;
        }

        mask = _masks[_next] ??= new ulong[_words];
        mask.AsSpan().Clear();
        _sets[_next] = set;
        _next = (_next + 1) % Kept;
        return false;
    }

    /// <summary>Forgets all masks.</summary>
    public void Clear() => Array.Fill(_sets, StackSets.Dead);
}
