using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Composition;

/// <summary>Expected cost of one token in a pipeline: the ledger's numbers for a row alone in its step.</summary>
internal sealed class TokenCosts(PipelineParts parts)
{
    private readonly PipelineCosts _costs = parts.Costs;

    /// <summary>The cost of a token alone in its step.</summary>
    /// <param name="phase">The phase whose components are used.</param>
    /// <param name="depth">Number of tokens before it.</param>
    /// <param name="logits">Whether its logits are read.</param>
    public TokenCost Of(Phase phase, int depth, bool logits)
    {
        ImmutableArray<RoleCost> roles = [.. Role.All.Where(role => !role.IsPolicy || _costs.KeyMass.Any(static mass => mass.Rows > 0)).Select(role => OfRole(role, phase, depth, logits))];
        long flops = roles.Sum(role => role.Flops);
        return new()
        {
            Depth = depth,
            Roles = roles,
            Flops = flops,
            ComputeUnits = flops / ComputeExplanation.FlopsPerUnit,
            WeightBytesRead = roles.Sum(role => role.WeightBytesRead),
            KvBytesRead = Enumerable.Range(0, _costs.Layers).Sum(layer => KeysSeen(layer, depth).Bytes),
            KvBytesWritten = parts.Pages.BytesPerToken,
        };
    }

    private RoleCost OfRole(Role role, Phase phase, int depth, bool logits)
    {
        (long flops, long bytes) = (0, 0);
        for (int layer = 0; layer <= _costs.Layers; layer++)
        {
            RoleCosts cost = _costs.Of(phase)[PipelineCosts.SlotOf(layer, role)];
            (int entries, long keys) = layer < _costs.Layers ? (_costs.MaxEntries[(int)phase][layer], KeysSeen(layer, depth).Scores) : (0, 0);
            // Reviews at borders, amortised over the tokens between them.
            if (role.IsPolicy && layer < _costs.Layers)
                keys = keys * _costs.KeyMass[layer].Rows / _costs.KeyMass[layer].BorderTokens;
            flops += cost.Flops(1, entries, logits ? 1 : 0, keys);
            bytes += cost.Bytes.For(1, entries, logits);
        }

        // A token that does not leave early has been asked at every exit.
        if (role == Role.Head && phase == Phase.Decode && _costs.Exits is { } exits)
            (flops, bytes) = (flops + exits.Count * exits.Leave.Flops, bytes + exits.Count * exits.Leave.WeightBytes);

        return new(role.Name, flops, bytes);
    }

    // The keys that a cache may keep between two steps are assumed to be the last ones, plus the row's own. Newer ones are in earlier pools;
    // heads are assumed to keep equal numbers.
    private KeyLoad KeysSeen(int layer, int depth)
    {
        KeyLoad sum = default;
        long end = depth + 1;
        // The shards of a pool together keep as much as the pool would.
        foreach (PoolPages pool in parts.Pages.Layers[layer].Pools.Where((_, i) => i % parts.Pages.Layers[layer].ShardCount == 0))
        {
            long keys = pool.Layout.KeysAtMost / pool.Tables + (end > depth ? 1 : 0), first = Math.Max(0, end - keys);
            if (first == end)
                break;

            KeyCount count = KeyCount.Of(first, end - 1, depth, depth, _costs.Windows[layer]);
            sum += new KeyLoad(count.Seen * parts.Pages.Layers[layer].KvHeads, count.Read * pool.BytesPerKey * pool.Tables);
            end = first;
        }

        return sum;
    }
}
