using System.Runtime.InteropServices;

namespace Spud.Text.Grammars;

/// <summary>
/// Runs an automaton over bytes. What has been read is known as a set of stacks: a stack is a state and the stack below it, and both stacks
/// and sets have numbers, so that a step which was made before is one look-up. Not thread-safe.
/// </summary>
internal sealed partial class StackSets
{
    /// <summary>The empty set: the text matches nothing.</summary>
    public const int Dead = -1;

    /// <summary>Below a stack: the end of the text.</summary>
    public const int EndOfText = -1;

    /// <summary>Below a stack: unknown stacks.</summary>
    public const int Unknown = -2;

    private const int NotMade = -2;

    private readonly Automaton _automaton;
    private readonly Dictionary<(int State, int Below), int> _ids = [];
    private readonly Dictionary<int, int> _firstOfHash = [];
    private readonly List<int> _reached = [];
    private readonly List<int> _open = [];
    private Stack[] _stacks = new Stack[64];
    private Set[] _sets = new Set[32];
    private int[] _steps;
    private Run[] _runs = new Run[32];
    private int[] _members = new int[128];
    private int _stackCount, _setCount, _memberCount, _round;

    public StackSets(Automaton automaton)
    {
        _automaton = automaton;
        _steps = new int[_sets.Length * automaton.ClassCount];
        Start = From(automaton.Start, EndOfText);
    }

    /// <summary>The set in which a text begins.</summary>
    public int Start { get; }

    /// <summary>Number of stacks and sets made so far.</summary>
    public int Size => _stackCount + _setCount;

    /// <summary>Whether the text may end.</summary>
    public bool MayEnd(int set) => (_sets[set].Ends & Endings.Text) != 0;

    /// <summary>Whether a stack of the set is down to <see cref="Unknown"/> ones.</summary>
    public bool ReachesUnknown(int set) => (_sets[set].Ends & Endings.Unknown) != 0;

    /// <summary>Whether anything can be read.</summary>
    public bool CanContinue(int set) => _sets[set].Count > 0;

    /// <summary>Number of stacks in a set.</summary>
    public int Count(int set) => _sets[set].Count;

    /// <summary>The state on top of a set's stack.</summary>
    public int Top(int set, int index) => _stacks[_members[_sets[set].First + index]].State;

    /// <summary>The set of a single stack.</summary>
    public int From(int state, int below)
    {
        Begin();
        _open.Add(StackOf(state, below));
        return Close();
    }

    /// <summary>The set after one more byte; <see cref="Dead"/> if the text then matches nothing.</summary>
    public int Step(int set, byte next)
    {
        int at = (set * _automaton.ClassCount) + _automaton.ClassOf(next);
        int made = _steps[at];
        if (made == NotMade)
        {
            made = MakeStep(set, next);
            _steps[at] = made; // after the call, which may replace the array
        }

        return made;
    }

    private int MakeStep(int set, byte next)
    {
        Begin();
        (int first, int count) = (_sets[set].First, _sets[set].Count);
        for (int i = first; i < first + count; i++)
        {
            Stack stack = _stacks[_members[i]];
            foreach (ByteTransition transition in _automaton.Transitions(stack.State))
            {
                if (transition.First <= next && next <= transition.Last)
                    _open.Add(StackOf(transition.Target, stack.Below));
            }
        }

        return Close();
    }

    private void Begin()
    {
        if (Size > GrammarLimits.Stacks)
            throw new GrammarException($"the grammar is too ambiguous: more than {GrammarLimits.Stacks} ways to read the text");

        _round++;
        _open.Clear();
        _reached.Clear();
    }

    /// <summary>Follows what is done without reading, and returns the set of the stacks that read.</summary>
    private int Close()
    {
        Endings ends = Endings.None;
        while (_open.Count > 0)
        {
            int id = _open[^1];
            _open.RemoveAt(_open.Count - 1);
            ref Stack stack = ref _stacks[id];
            if (stack.Round == _round)
                continue;

            stack.Round = _round;
            (int state, int below) = (stack.State, stack.Below);
            ref readonly AutomatonState rules = ref _automaton[state];
            if (rules.TransitionCount > 0)
                _reached.Add(id);
            if (rules.IsFinal && below >= 0)
                _open.Add(below);
            else if (rules.IsFinal)
                ends |= below == EndOfText ? Endings.Text : Endings.Unknown;
            foreach (int target in _automaton.Epsilons(state))
                _open.Add(StackOf(target, below));
            if (rules.Call >= 0)
                _open.Add(StackOf(rules.Call, rules.Return == Automaton.TailCall ? below : StackOf(rules.Return, below)));
        }

        return _reached.Count == 0 && ends == Endings.None ? Dead : SetOf(ends);
    }

    private int StackOf(int state, int below)
    {
        if (_ids.TryGetValue((state, below), out int id))
            return id;
        if (_stackCount == _stacks.Length)
            Array.Resize(ref _stacks, 2 * _stackCount);

        _stacks[_stackCount] = new() { State = state, Below = below };
        _ids.Add((state, below), _stackCount);
        return _stackCount++;
    }

    private int SetOf(Endings ends)
    {
        _reached.Sort();
        int hash = (int)ends;
        foreach (int id in _reached)
            hash = HashCode.Combine(hash, id);

        int last = Dead;
        if (_firstOfHash.TryGetValue(hash, out int known))
        {
            for (int set = known; set != Dead; set = _sets[set].NextOfHash)
            {
                if (_sets[set].Ends == ends && _members.AsSpan(_sets[set].First, _sets[set].Count).SequenceEqual(CollectionsMarshal.AsSpan(_reached)))
                    return set;
                last = set;
            }
        }

        int made = Add(ends);
        if (last == Dead)
            _firstOfHash.Add(hash, made);
        else
            _sets[last].NextOfHash = made;
        return made;
    }

    private int Add(Endings ends)
    {
        int classes = _automaton.ClassCount;
        if (_setCount == _sets.Length)
        {
            Array.Resize(ref _sets, 2 * _setCount);
            Array.Resize(ref _steps, 2 * _setCount * classes);
            Array.Resize(ref _runs, 2 * _setCount);
        }

        while (_memberCount + _reached.Count > _members.Length)
            Array.Resize(ref _members, 2 * _members.Length);

        _steps.AsSpan(_setCount * classes, classes).Fill(NotMade);
        _reached.CopyTo(_members, _memberCount);
        _sets[_setCount] = new() { First = _memberCount, Count = _reached.Count, Ends = ends, NextOfHash = Dead };
        _memberCount += _reached.Count;
        return _setCount++;
    }

    [Flags]
    private enum Endings
    {
        None = 0,
        Text = 1,
        Unknown = 2,
    }

    private struct Stack
    {
        public int State;
        public int Below;
        public int Round;
    }

    private struct Set
    {
        public int First;
        public int Count;
        public Endings Ends;
        public int NextOfHash;
    }
}
