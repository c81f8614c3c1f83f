using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Conformance.Rigs;
using Spud.Execution;
using Xunit;

namespace Spud.Conformance;

/// <summary>What attention tells about keys, and what policies make of it.</summary>
public abstract partial class PluginContract
{
    /// <summary>Key mass is the sum of the probabilities that rows gave to each key that was folded, over as many calls as there are pools.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void Key_mass_is_the_softmax_over_the_folded_keys(string component)
    {
        Subject subject = Plugin[Roles.Attention, component];
        foreach ((int rows, int first) in new[] { (1, 0), (9, 0), (1, 700), (32, 480) })
        {
            TestPages pages = new() { PageTokens = 16, Type = ElementType.F32 };
            pages.Add(0, Enumerable.Range(0, first + rows).Where(position => position < 4 || position > first - 200 || position % 3 == 0));
            CheckKeyMass(subject, new() { Model = s_unturned, Slices = TestStep.Slices((rows, first)), PageTokens = 16 }, pages);
        }
    }

    /// <summary>Likewise inside a window.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention, typeof(Cases.Windows))]
    public void Key_mass_keeps_the_window(string component, string window)
    {
        Subject subject = Plugin[Roles.Attention, component];
        RigSettings settings = new() { Model = s_unturned with { Traits = new() { [Trait.Window] = Cases.Windows.Of(window) } }, Slices = TestStep.Slices((12, 300)), PageTokens = 16 };
        CheckKeyMass(subject, settings, AttentionRig.AllPages(settings));
    }

    /// <summary>A policy that forgets keeps the same keys of every head however many rows a step has.</summary>
    [ContractTheory]
    [OfRole(Roles.Cache)]
    public void The_same_keys_are_kept_whichever_way_a_text_is_read(string component)
    {
        Subject subject = Plugin[Roles.Cache, component];
        if (IsLossless(subject))
            Assert.Skip("this policy drops no key that a row would see, so it has no borders: its offer promises row invariance");

        using TestModelFile model = ModelFor(subject);
        int[] text = PipelineRig.Text(14, 500);
        string? kept = null;
        foreach (int rows in new[] { 512, 64, 7, 1 })
        {
            using PipelineRig rig = new(Plugin.Catalog, TestPipeline.Edits(subject, model), model, rows: 512);
            using Sequence sequence = rig.Engine.Open();
            rig.Read(sequence, text, rows, rows == 1 ? Phase.Decode : Phase.Prefill);
            string now = string.Join('\n', Enumerable.Range(0, rig.Pipeline.Model.Layers.Length).SelectMany(layer => PipelineRig.KeptOf(sequence, layer)));
            Assert.True((kept ??= now) == now, $"with {rows} rows per step other keys are kept than with 512:\n{now}\nwith 512:\n{kept}");
        }
    }

    /// <summary>Rows that were computed and are not kept, as drafts that turn out wrong, leave no trace.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void Rows_that_are_not_kept_leave_no_trace(string role, string component)
    {
        Subject subject = Plugin[role, component];
        using TestModelFile model = ModelFor(subject);
        using PipelineRig rig = PipelineRig.Of(Plugin, subject, model);
        int[] text = PipelineRig.Text(15, 90), wrong = PipelineRig.Text(16, 90);
        float[] expected = rig.Fresh(text);
        using Sequence sequence = rig.Engine.Open();
        List<float> got = [];
        for (int done = 0; done < text.Length;)
        {
            // Three right rows and four wrong ones, up to the next border.
            int right = Math.Min(3, text.Length - done), rows = Math.Min(7, Math.Min(text.Length - done, sequence.RowsToReview));
            right = Math.Min(right, rows);
            got.AddRange(rig.ReadInPart(sequence, [.. text[done..(done + right)], .. wrong[done..(done + rows - right)]], right));
            done += right;
        }

        RequireRows(expected, [.. got], Promised(subject), "a text of which steps were kept in part");
    }

    private static void CheckKeyMass(Subject subject, RigSettings settings, TestPages pages)
    {
        using AttentionRig rig = new(subject, settings, pages);
        if (rig.Component is not IGivesKeyMass { TellsKeyMass: true })
            Assert.Skip("this attention does not compute key mass (IGivesKeyMass)");

        PageView[] parts = [.. new[] { 0, 1 }.Select(part => PartOf(rig, position => position / 32 % 2 == part))];
        rig.Call(() => Array.ForEach(parts, part => rig.Fold(part)));
        float[] got = rig.KeyMass(parts);
        int context = rig.Build.Limits.ContextTokens;
        AttentionOracle oracle = new(rig.Model, rig.Build);
        double[] expected = oracle.KeyMass(settings.Slices[0], row => Plain.Row(rig.Query.Floats, row, rig.Model.QueryHeads * rig.Model.KeyWidth), new StoredKeys(rig.Build, rig.Model, settings.Pages, 0, pages.Positions[0]).All, context);
        for (int head = 0; head < rig.Model.KvHeads; head++)
        {
            // What is there already is added to.
            double[] added = [.. expected.AsSpan(head * context, context).ToArray().Select(static mass => mass + AttentionRig.MassBefore)];
            Agreement.Near(added, got.AsSpan(head * context, context), subject.Tolerance, $"key mass of {settings.Slices[0].Rows} rows, KV head {head}");
        }
    }

    private static PageView PartOf(AttentionRig rig, Func<int, bool> isHere)
    {
        TestPages part = new() { PageTokens = rig.Settings.PageTokens, Type = rig.Settings.Pages };
        part.Add(0, rig.Pages.Positions[0].Where(isHere));
        return part.Build(rig.Build, rig.Domain, rig.Model);
    }
}
