using Spud.Text.Tokenization;

namespace Spud.Text.Grammars;

/// <summary>The constraints used last, so that requests with the same schema share one, with its masks. Thread-safe.</summary>
/// <param name="tokenizer">The tokenizer of all of them.</param>
/// <param name="capacity">How many are kept.</param>
public sealed class ConstraintCache(Tokenizer tokenizer, int capacity = 64)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(string Key, TokenConstraint Constraint)> _latest = new();

    /// <summary>The constraint of a key.</summary>
    /// <param name="key">Everything that the grammar is made of.</param>
    /// <param name="make">Makes the grammar if the constraint is not kept.</param>
    public TokenConstraint Get(string key, Func<Grammar> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (Find(key) is { } known)
            return known;

        // Outside of the lock: a large schema takes a while. Two threads may make the same.
        TokenConstraint constraint = TokenConstraint.Compile(make(), tokenizer);
        lock (_gate)
        {
            _latest.AddFirst((key, constraint));
            if (_latest.Count > capacity)
                _latest.RemoveLast();
        }

        return constraint;
    }

    private TokenConstraint? Find(string key)
    {
        lock (_gate)
        {
            for (LinkedListNode<(string Key, TokenConstraint Constraint)>? node = _latest.First; node is not null; node = node.Next)
            {
                if (node.Value.Key != key)
                    continue;

                _latest.Remove(node);
                _latest.AddFirst(node);
                return node.Value.Constraint;
            }
        }

        return null;
    }
}
