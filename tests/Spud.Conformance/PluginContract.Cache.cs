using Spud.Configuration;
using Spud.Conformance.Cases;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>Cache policies, on the runtime's own pages.</summary>
public abstract partial class PluginContract
{
    /// <summary>Page types of the contract, whole blocks, at least one token a page and one in all, whatever model and limits.</summary>
    [ContractTheory]
    [OfRole(Roles.Cache)]
    public void Layouts_are_possible(string component)
    {
        foreach (TestModel model in CacheModels.All)
        {
            foreach (Limits limits in CacheModels.Limits)
            {
                using CacheRig rig = new(Plugin[Roles.Cache, component], model, limits);
                CacheLayout layout = rig.Layout;
                Assert.True(layout.PageTokens >= 1 && layout.TokensAtMost >= 1, $"pages of {layout.PageTokens} tokens and at most {layout.TokensAtMost}");
                RequireTypes(model, layout.Keys, layout.Values);
                foreach (PoolLayout pool in layout.Pools)
                {
                    Assert.True(pool.PageTokens >= 1 && pool.KeysAtMost >= 1, $"a pool with pages of {pool.PageTokens} tokens and at most {pool.KeysAtMost} keys");
                    RequireTypes(model, pool.Keys, pool.Values);
                }
            }
        }
    }

    /// <summary>A history that grows by prompts and single tokens stays within the promise at every review, and only keys that are there are dropped.</summary>
    [ContractTheory]
    [OfRole(Roles.Cache)]
    public void What_is_kept_stays_within_the_promise(string component) => Grow(component, static (rig, _) =>
    {
        for (int pool = 0; pool < Math.Max(1, rig.Layout.Pools.Length); pool++)
        {
            (int kept, int promised) = (rig.KeysIn(pool), rig.Layout.Pools.IsEmpty ? rig.Layout.TokensAtMost : rig.Layout.Pools[pool].KeysAtMost);
            Assert.True(kept <= promised, $"{kept} tokens are kept in pool {pool}; the layout promises at most {promised}");
        }
    });

    /// <summary>
    /// A policy that promises row invariance keeps every key that a row to come may see; one that does not says in its variant what it
    /// keeps, and keeps that.
    /// </summary>
    [ContractTheory]
    [OfRole(Roles.Cache)]
    public void What_a_row_to_come_sees_is_kept(string component)
    {
        Subject subject = Plugin[Roles.Cache, component];
        Func<int, int, bool>? keeps = subject.Variant.Keeps;
        Assert.False(subject.Offer.RowInvariant && keeps is not null, $"cache '{component}' promises row invariance (Offer.RowInvariant), so it keeps every key that a row sees: remove Variant.Keeps");
        string rule = subject.Offer.RowInvariant ? "the next row sees them" : keeps is not null ? "Variant.Keeps says that they are kept"
            : "its offer does not promise row invariance: if it is meant to drop keys, define in Variant.Keeps which ones it keeps";
        Grow(component, (rig, tokens) =>
        {
            int window = (int)rig.Model.Describe().Layers[0].Number(Trait.Window, tokens + 1);
            int[] missing = [.. Enumerable.Range(0, tokens).Where(position => position > tokens - window && keeps?.Invoke(tokens, position) != false).Except(rig.Kept)];
            Assert.True(missing.Length == 0, $"after {tokens} tokens the keys at positions {string.Join(", ", missing.Take(5))}{(missing.Length > 5 ? ", …" : "")} are gone; {rule}");
        });
    }

    /// <summary>A review allocates no more managed memory than was promised, none by default, once its policy is warm.</summary>
    [ContractTheory]
    [OfRole(Roles.Cache)]
    public void A_review_allocates_nothing(string component)
    {
        foreach (TestModel model in CacheModels.All)
        {
            using CacheRig rig = new(Plugin[Roles.Cache, component], model, CacheModels.Limits[0]);
            rig.Append(CacheModels.Limits[0].Rows);
            QuietHistory history = new(rig.History);
            for (int i = 0; i < 30; i++)
                rig.Policy.Review(0, history);

            long before = GC.GetAllocatedBytesForCurrentThread();
            rig.Policy.Review(0, history);
            AllocationPromise.Require(GC.GetAllocatedBytesForCurrentThread() - before, Plugin[Roles.Cache, component].Variant.Allocation.BytesPerCall, $"a review of cache '{component}'");
        }
    }

    private static void RequireTypes(TestModel model, ElementType keys, ElementType values)
    {
        foreach ((ElementType type, int width) in new[] { (keys, model.KeyWidth), (values, model.ValueWidth) })
        {
            Assert.Contains(type, new[] { ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.Q8_0, ElementType.Q4_0 });
            Assert.True(width % type.BlockElements == 0, $"{type} in heads of {width}");
        }
    }

    private void Grow(string component, Action<CacheRig, int> check)
    {
        foreach (TestModel model in CacheModels.All)
        {
            foreach (Limits limits in CacheModels.Limits)
            {
                using CacheRig rig = new(Plugin[Roles.Cache, component], model, limits);
                int tokens = 0;
                foreach (int rows in (int[])[limits.Rows, 1, 7, limits.Rows, 16, .. Enumerable.Repeat(1, 70), limits.Rows])
                {
                    int fits = Math.Min(Math.Min(rows, limits.Rows), limits.ContextTokens - tokens);
                    if (fits == 0)
                        break;
                    rig.Append(fits);
                    tokens += fits;
                    check(rig, tokens);
                }
            }
        }
    }
}
