using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>Pages in which every KV head has runs of its own, for attentions that offer to fold them.</summary>
public abstract partial class PluginContract
{
    /// <summary>Where all heads keep the same tokens, pages of one head give the bits of pages that the heads share.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void Pages_of_one_head_give_the_bits_of_shared_pages(string component)
    {
        Subject subject = Folding(component);
        foreach (SequenceSlice[] slices in FoldedSteps)
        {
            RigSettings settings = new() { Model = s_unturned, Slices = slices, PageTokens = 16 };
            TestPages perHead = new() { PageTokens = settings.PageTokens, Type = settings.Pages };
            foreach (SequenceSlice slice in slices)
                perHead.AddHeads(slice.Id, [.. Enumerable.Repeat(Enumerable.Range(0, slice.FirstPosition + slice.Rows), s_unturned.KvHeads)]);

            using AttentionRig shared = new(subject, settings), own = new(subject, settings, perHead);
            shared.Call(() => shared.Fold(shared.View));
            own.Call(() => own.Fold(own.View));
            Agreement.Same(shared.Attended(), own.Attended(), null, "a fold over pages of one head");
            own.RequirePagesUntouched();
        }
    }

    /// <summary>Every head reads the tokens that it keeps, whatever the others keep; one may keep none of a sequence.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void A_head_reads_the_tokens_that_it_keeps(string component)
    {
        Subject subject = Folding(component);
        RigSettings settings = new() { Model = s_unturned, Slices = TestStep.Slices((3, 700), (1, 95), (9, 30)), PageTokens = 16 };
        IEnumerable<int>[][] kept =
        [
            [Enumerable.Range(0, 703), Enumerable.Range(0, 703).Where(position => position < 4 || position > 650)],
            [Enumerable.Range(0, 96).Where(position => position % 3 == 0), [95]],
            [Enumerable.Range(0, 39), Enumerable.Range(20, 19)],
        ];
        TestPages pages = new() { PageTokens = settings.PageTokens, Type = settings.Pages };
        for (int sequence = 0; sequence < kept.Length; sequence++)
            pages.AddHeads(sequence, kept[sequence]);

        using AttentionRig rig = new(subject, settings, pages);
        rig.Call(() => rig.Fold(rig.View));
        TestPages nothing = new TestPages { PageTokens = settings.PageTokens, Type = settings.Pages }.AddHeads(0, [], []).AddHeads(1, [3000], []).AddHeads(2, [], []);
        rig.Call(() => rig.Fold(nothing.Build(rig.Build, rig.Domain, rig.Model)));
        RequireHeads(rig, kept);
    }

    private Subject Folding(string component)
    {
        Subject subject = Plugin[Roles.Attention, component];
        if (!subject.Offer.FoldsPerHead)
            Assert.Skip("this attention does not fold per-head pages (its offer does not set FoldsPerHead)");

        return subject;
    }

    private static void RequireHeads(AttentionRig rig, IEnumerable<int>[][] kept)
    {
        AttentionOracle oracle = new(rig.Model, rig.Build);
        (int width, int group) = (rig.Model.ValueWidth, rig.Model.QueryHeads / rig.Model.KvHeads);
        float[] attended = rig.Attended();
        foreach (SequenceSlice slice in rig.Settings.Slices)
        {
            for (int kvHead = 0; kvHead < rig.Model.KvHeads; kvHead++)
            {
                StoredKeys keys = new(rig.Build, rig.Model, rig.Settings.Pages, slice.Id, [.. kept[slice.Id][kvHead]]);
                for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
                {
                    double[] query = Plain.Row(rig.Query.Floats, row, rig.Model.QueryHeads * rig.Model.KeyWidth);
                    double[] all = oracle.Attend(query, slice.FirstPosition + row - slice.FirstRow, keys.All, withSinks: false);
                    ReadOnlySpan<float> got = attended.AsSpan((row * rig.Model.QueryHeads + kvHead * group) * width, group * width);
                    Agreement.Near(all.AsSpan(kvHead * group * width, group * width), got, rig.Subject.Tolerance, $"row {row}, sequence {slice.Id}, KV head {kvHead}");
                }
            }
        }
    }
}
