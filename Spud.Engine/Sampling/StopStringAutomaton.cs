namespace Spud.Sampling;

/// <summary>
/// All stop strings as one automaton over UTF-16 units (Aho and Corasick, "Efficient string matching", CACM 18, 1975). A state is the
/// longest suffix of the text that is a prefix of a stop string; its depth is how much text must be held back.
/// </summary>
internal sealed class StopStringAutomaton
{
    public const int Start = 0;

    private readonly List<State> _states = [new(0)];

    public StopStringAutomaton(IReadOnlyList<string> strings)
    {
        foreach (string text in strings)
        {
            Add(text);
        }
        LinkFallbacks();
    }

    public int Depth(int state) => _states[state].Depth;

    /// <summary>The longest stop string that ends here, or null.</summary>
    public string? Match(int state) => _states[state].Match;

    public int Next(int state, char unit)
    {
        int next;
        while (!_states[state].Next.TryGetValue(unit, out next) && state != Start)
        {
            state = _states[state].Fallback;
        }
        return next; // the start's, if nothing was found
    }

    private void Add(string text)
    {
        int state = Start;
        foreach (char unit in text)
        {
            if (!_states[state].Next.TryGetValue(unit, out int next))
            {
                next = _states.Count;
                _states.Add(new State(_states[state].Depth + 1));
                _states[state].Next.Add(unit, next);
            }
            state = next;
        }
        _states[state].Match = text;
    }

    // By depth, so that a fallback, which is at a smaller depth, is complete before it is used.
    private void LinkFallbacks()
    {
        Queue<int> pending = new(_states[Start].Next.Values);
        while (pending.TryDequeue(out int parent))
        {
            foreach ((char unit, int child) in _states[parent].Next)
            {
                State state = _states[child];
                state.Fallback = Next(_states[parent].Fallback, unit);
                state.Match ??= _states[state.Fallback].Match;
                pending.Enqueue(child);
            }
        }
    }

    private sealed class State(int depth)
    {
        public Dictionary<char, int> Next { get; } = [];
        public int Depth { get; } = depth;
        public int Fallback { get; set; }
        public string? Match { get; set; }
    }
}
