using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>Fold decorators, around the reference attention's fold.</summary>
public abstract partial class PluginContract
{
    /// <summary>However the keys are distributed: the decorated fold is what the plain fold is, and what the oracle is in double precision.</summary>
    [ContractTheory]
    [OfRole(Roles.Fold)]
    public void A_decorated_fold_is_the_plain_fold(string component)
    {
        foreach (SequenceSlice[] slices in FoldedSteps)
            CheckDecorated(component, new() { Model = s_unturned, Slices = slices, PageTokens = 16 });
    }

    /// <summary>Shards that hold no key of a row, and blocks of keys that end in the middle of a page.</summary>
    [ContractTheory]
    [OfRole(Roles.Fold)]
    public void A_decorated_fold_takes_short_texts_and_odd_borders(string component)
    {
        foreach (int tokens in new[] { 1, 2, 3, 15, 16, 17, 31, 33, 64, 65 })
            CheckDecorated(component, new() { Model = s_unturned, Slices = TestStep.Slices((1, tokens - 1), (Math.Min(tokens, 7), Math.Max(0, tokens - 7))), PageTokens = 16 });
    }

    /// <summary>A window ends inside a shard.</summary>
    [ContractTheory]
    [OfRole(Roles.Fold)]
    public void A_decorated_fold_keeps_the_window(string component)
    {
        foreach (int window in new[] { 1, 7, 20, 100 })
            CheckDecorated(component, new() { Model = s_unturned with { Traits = new() { [Trait.Window] = window } }, Slices = TestStep.Slices((5, 60), (1, 90), (20, 0)), PageTokens = 16 });
    }

    /// <summary>A layer with several pools folds each of them: what is in the state already is added to.</summary>
    [ContractTheory]
    [OfRole(Roles.Fold)]
    public void A_decorated_fold_adds_to_the_state(string component)
    {
        Subject subject = Plugin[Roles.Fold, component];
        RigSettings settings = new() { Model = s_unturned, Slices = TestStep.Slices((5, 60), (1, 90), (3, 200)), PageTokens = 16 };
        using FoldRig decorated = new(Plugin.Catalog, subject, settings), plain = new(Plugin.Catalog, null, settings);
        Agreement.Same(plain.Attended(), decorated.Attended(static position => position > 40, static position => position <= 40), subject.Tolerance, "a fold over two pools");
    }

    /// <summary>Any number of threads gives the same bits.</summary>
    [ContractTheory]
    [OfRole(Roles.Fold)]
    public void A_decorated_fold_does_not_depend_on_threads(string component)
    {
        Subject subject = Plugin[Roles.Fold, component];
        RigSettings settings = new() { Model = s_unturned, Slices = TestStep.Slices((5, 60), (1, 90)), PageTokens = 16 };
        using FoldRig one = new(Plugin.Catalog, subject, settings with { Threads = 1 }), four = new(Plugin.Catalog, subject, settings with { Threads = 4 });
        Assert.Equal(one.Attended(), four.Attended());
        Assert.Equal(one.Attended(), one.Attended());
    }

    private void CheckDecorated(string component, RigSettings settings)
    {
        Subject subject = Plugin[Roles.Fold, component];
        using FoldRig decorated = new(Plugin.Catalog, subject, settings), plain = new(Plugin.Catalog, null, settings);
        float[] attended = decorated.Attended(), expected = plain.Attended();
        int width = settings.Model.QueryHeads * settings.Model.ValueWidth;
        AttentionOracle oracle = new(settings.Model, decorated.Build);
        foreach (SequenceSlice slice in settings.Slices)
        {
            StoredKeys keys = new(decorated.Build, settings.Model, settings.Pages, slice.Id, [.. Enumerable.Range(0, slice.FirstPosition + slice.Rows)]);
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
            {
                double[] query = Plain.Row(decorated.Query.AsSpan<float>(), row, settings.Model.QueryHeads * settings.Model.KeyWidth);
                double[] exact = oracle.Attend(query, slice.FirstPosition + row - slice.FirstRow, keys.All, withSinks: false);
                string what = $"row {row}, sequence {slice.Id}, {decorated.Shards} shards";
                Agreement.Near(exact, attended.AsSpan(row * width, width), subject.Tolerance, what);
                Agreement.Near([.. expected.AsSpan(row * width, width).ToArray().Select(value => (double)value)], attended.AsSpan(row * width, width), subject.Tolerance, $"{what}, against the plain fold");
            }
        }
    }
}
