using System.Collections.Concurrent;
using Spud.Text.Tokenization;

namespace Spud.Text.Grammars;

/// <summary>
/// A grammar for the tokens of one tokenizer. What a state of the grammar allows, whatever came before, is computed when a text first
/// reaches the state, and kept for all texts. Thread-safe.
/// </summary>
public sealed class TokenConstraint
{
    /// <summary>Stacks after which the working memory of masks is given up.</summary>
    private const int WorkspaceSize = 200_000;

    /// <summary>How many texts' working memory is kept.</summary>
    private const int KeptWorkspaces = 8;

    private readonly StateMask?[] _masks;
    private readonly ConcurrentStack<(StackSets Sets, MaskCache Masks)> _workspaces = new();
    private readonly Lock _gate = new();
    private StackSets? _sets;

    private TokenConstraint(Grammar grammar, Tokenizer tokenizer)
    {
        (Grammar, Tokenizer, Trie) = (grammar, tokenizer, tokenizer.Trie);
        _masks = new StateMask?[grammar.Automaton.Count];
    }

    /// <summary>The texts that are allowed.</summary>
    public Grammar Grammar { get; }

    /// <summary>The tokenizer whose tokens write them.</summary>
    public Tokenizer Tokenizer { get; }

    internal TokenTrie Trie { get; }

    /// <summary>Prepares a grammar for a tokenizer.</summary>
    public static TokenConstraint Compile(Grammar grammar, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new(grammar, tokenizer);
    }

    /// <summary>Begins a text.</summary>
    /// <param name="ends">Tokens that end it: allowed exactly where the grammar may end. Null for the tokenizer's end-of-generation tokens.</param>
    public ConstraintCursor Begin(IEnumerable<int>? ends = null) => new(this, ends ?? Tokenizer.EndOfGeneration);

    /// <summary>Working memory that another text has left; null if there is none.</summary>
    internal (StackSets Sets, MaskCache Masks)? TakeWorkspace() => _workspaces.TryPop(out (StackSets, MaskCache) workspace) ? workspace : null;

    internal void ReturnWorkspace(StackSets sets, MaskCache masks)
    {
        if (sets.Size <= WorkspaceSize / KeptWorkspaces && _workspaces.Count < KeptWorkspaces)
            _workspaces.Push((sets, masks));
    }

    internal StateMask MaskOf(int state)
    {
        state = Grammar.Automaton.LikeOf(state);
        if (Volatile.Read(ref _masks[state]) is { } known)
            return known;

        lock (_gate)
        {
            if (_masks[state] is { } made)
                return made;
            if (_sets is null || _sets.Size > WorkspaceSize)
                _sets = new(Grammar.Automaton);

            int sight = Grammar.Automaton.IsModel(state) ? Automaton.Sight : Trie.Depth;
            StateMask mask = StateMask.Of(state, _sets, Trie, sight, TokenMask.Words(Tokenizer.VocabularySize));
            Volatile.Write(ref _masks[state], mask);
            return mask;
        }
    }
}
