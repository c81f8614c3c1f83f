using Spud.Configuration;
using Spud.Conformance.Cases;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>The fold over pages.</summary>
public abstract partial class PluginContract
{
    private static readonly TestModel s_unturned = new() { Rope = null };

    private static IEnumerable<SequenceSlice[]> FoldedSteps =>
    [
        TestStep.Slices((1, 0)),
        TestStep.Slices((70, 0)),
        TestStep.Slices((1, 255), (1, 256), (1, 700)),
        TestStep.Slices((33, 240), (1, 3), (5, 511)),
    ];

    /// <summary>Softmax over the visible keys, for several shapes of heads and lengths of pages, in steps of one and of many sequences.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(FoldShapes))]
    public void A_fold_is_the_softmax_over_the_visible_keys(string component, string shape)
    {
        (TestModel model, int pageTokens) = FoldShapes.Of(shape);
        foreach (SequenceSlice[] slices in FoldedSteps)
            CheckFold(component, new() { Model = model, Slices = slices, PageTokens = pageTokens, MayBeRefused = shape != "4 heads of 16, pages of 16" });
    }

    /// <summary>Histories that end just before, at and just behind the border of a page, and of every inner block that an attention may have.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void No_key_is_missed_at_the_border_of_a_page(string component)
    {
        foreach (int tokens in new[] { 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129 })
        {
            foreach (int pageTokens in new[] { 16, 64 })
                CheckFold(component, new() { Model = s_unturned, Slices = TestStep.Slices((1, tokens - 1), (Math.Min(tokens, 20), Math.Max(0, tokens - 20))), PageTokens = pageTokens });
        }
    }

    /// <summary>A row sees so many keys, its own included; only where the attention knows windows.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(Windows))]
    public void A_window_hides_older_keys(string component, string window)
    {
        foreach (SequenceSlice[] slices in FoldedSteps)
            CheckFold(component, new() { Model = s_unturned with { Traits = new() { [Trait.Window] = Windows.Of(window) } }, Slices = slices, PageTokens = 64 });
    }

    /// <summary>Sinks have their place in Finish: a fold is the same with them and without.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(Sinks))]
    public void Sinks_do_not_enter_a_fold(string component, string sinks) =>
        CheckFold(component, new() { Model = s_unturned with { Traits = new() { [sinks] = 1 } }, Slices = TestStep.Slices((9, 40), (1, 3)) });

    /// <summary>Every page type that the attention offers.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(PageTypes))]
    public void Pages_of_a_type_are_read_as_they_are(string component, string type) =>
        CheckFold(component, new() { Model = s_unturned with { KeyWidth = 32, ValueWidth = 64 }, Slices = TestStep.Slices((20, 250), (1, 600)), Pages = PageTypes.Of(type), PageTokens = 64 });

    /// <summary>Positions come from the pages: a policy may have dropped any of them.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void Keys_that_a_policy_dropped_are_not_missed(string component)
    {
        TestPages pages = new() { PageTokens = 32, Type = ElementType.F32 };
        pages.Add(0, Enumerable.Range(0, 703).Where(position => position < 4 || position > 650 || position % 3 == 0));
        pages.Add(1, [0, 1, 2, 90, 91, 95]);
        CheckFold(component, new() { Model = s_unturned, Slices = TestStep.Slices((3, 700), (1, 95)), PageTokens = 32 }, pages);
    }

    /// <summary>An attention that offers any positions reads those of the rows; drafts of several continuations have such.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void Rows_may_stand_at_any_position(string component)
    {
        if (!Plugin[Roles.Attention, component].Offer.AnyPositions)
            Assert.Skip("it relies on consecutive positions (its offer does not set AnyPositions)");

        RigSettings settings = new() { Model = new(), Slices = TestStep.Slices((9, 40), (1, 3), (5, 0)), Stride = 3 };
        CheckProject(component, settings);
        CheckFold(component, settings);
    }

    /// <summary>Likewise where a window is wider than what is left.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(Windows))]
    public void A_window_counts_positions_and_not_keys(string component, string window)
    {
        TestPages pages = new() { PageTokens = 16, Type = ElementType.F32 };
        pages.Add(0, Enumerable.Range(0, 403).Where(position => position > 398 || position % 5 == 0));
        CheckFold(component, new() { Model = s_unturned with { Traits = new() { [Trait.Window] = Windows.Of(window) } }, Slices = TestStep.Slices((3, 400)) }, pages);
    }

    /// <summary>Whatever later tokens hold, earlier rows do not change.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void Later_tokens_change_nothing_earlier(string component)
    {
        const int Seen = 260;
        RigSettings settings = new() { Model = s_unturned, Slices = TestStep.Slices((33, 240), (1, Seen)), PageTokens = 16 };
        Subject subject = Plugin[Roles.Attention, component];
        using AttentionRig plain = new(subject, settings), changed = new(subject, settings, Changed(settings));
        plain.Call(() => plain.Fold(plain.View));
        changed.Call(() => changed.Fold(changed.View));
        Output before = new("", plain.Attended(), s_unturned.QueryHeads * s_unturned.ValueWidth), after = before with { Values = changed.Attended() };
        foreach (int row in Enumerable.Range(0, Seen - 240 + 1).Append(33))
            Agreement.Same(before.Row(row), after.Row(row), subject.Tolerance, $"row {row}, which sees positions up to {Seen}");
        Assert.False(before.Row(32).SequenceEqual(after.Row(32)), "the last row must see what was changed");

        static TestPages Changed(RigSettings settings)
        {
            TestPages pages = new() { PageTokens = settings.PageTokens, Type = settings.Pages, Factor = static position => position > Seen ? 50 : 1 };
            foreach (SequenceSlice slice in settings.Slices)
                pages.Add(slice.Id, Enumerable.Range(0, slice.FirstPosition + slice.Rows));
            return pages;
        }
    }

    /// <summary>A state that holds something already is added to.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void Folds_over_disjoint_pages_add_up(string component)
    {
        Subject subject = Plugin[Roles.Attention, component];
        using AttentionRig rig = new(subject, new() { Model = s_unturned, Slices = TestStep.Slices((2, 600), (1, 40), (20, 300)), PageTokens = 64 });
        PageView[] parts = [.. Enumerable.Range(0, 3).Select(part => Part(rig, position => position / 64 % 3 == part))];
        foreach (PageView part in parts)
            rig.Call(() => rig.Fold(part));
        CheckAttended(rig);
    }

    /// <summary>Rows that see nothing of a page source keep their state, empty or not.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void A_fold_over_nothing_changes_nothing(string component)
    {
        Subject subject = Plugin[Roles.Attention, component];
        using AttentionRig rig = new(subject, new() { Model = s_unturned, Slices = TestStep.Slices((2, 60), (1, 40)), PageTokens = 64 });
        PageView nothing = Part(rig, static _ => false), later = Part(rig, static position => position > 1000);
        rig.Call(() => rig.Fold(nothing));
        Assert.All(rig.Sums(), sum => Assert.Equal(0, sum));
        rig.Call(() => rig.Fold(rig.View));
        float[] before = rig.Attended();
        rig.Call(() => rig.Fold(nothing));
        rig.Call(() => rig.Fold(later));
        Agreement.Same(before, rig.Attended(), null, "a state after folds over nothing");
    }

    private static PageView Part(AttentionRig rig, Func<int, bool> isHere)
    {
        TestPages pages = new() { PageTokens = rig.Settings.PageTokens, Type = ElementType.F32 };
        foreach (SequenceSlice slice in rig.Settings.Slices)
            pages.Add(slice.Id, Enumerable.Range(0, slice.FirstPosition + slice.Rows).Append(1500).Where(isHere));
        return pages.Build(rig.Build, rig.Domain, rig.Model);
    }

    private void CheckFold(string component, RigSettings settings, TestPages? pages = null)
    {
        using AttentionRig rig = new(Plugin[Roles.Attention, component], settings, pages);
        rig.Call(() => rig.Fold(rig.View));
        CheckAttended(rig);
    }

    private static void CheckAttended(AttentionRig rig)
    {
        AttentionOracle oracle = new(rig.Model, rig.Build);
        int width = rig.Model.QueryHeads * rig.Model.ValueWidth;
        float[] attended = rig.Attended();
        foreach (SequenceSlice slice in rig.Settings.Slices)
        {
            StoredKeys keys = new(rig.Build, rig.Model, rig.Settings.Pages, slice.Id, rig.Pages.Positions[slice.Id]);
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
            {
                double[] query = Plain.Row(rig.Query.Floats, row, rig.Model.QueryHeads * rig.Model.KeyWidth);
                double[] expected = oracle.Attend(query, slice.FirstPosition + (row - slice.FirstRow) * rig.Settings.Stride, keys.All, withSinks: false);
                Agreement.Near(expected, attended.AsSpan(row * width, width), rig.Subject.Tolerance, $"row {row}, sequence {slice.Id}, {rig.Settings.PageTokens} keys per page");
            }
        }
    }
}
