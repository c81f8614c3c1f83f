using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Allocation;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Spud.Execution;
using Xunit;

namespace Spud.Conformance;

/// <summary>In a pipeline, with a real engine.</summary>
public abstract partial class PluginContract
{
    /// <summary>The component in place of the reference plugin's gives the reference plugin's logits.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void A_pipeline_gives_the_references_logits(string role, string component)
    {
        Subject subject = Plugin[role, component];
        if (subject.Variant.OwnRouting is { } own)
            Assert.Skip($"its routing is its own: {own}");
        if (!IsLossless(subject))
            Assert.Skip("this policy drops keys that rows may see: its offer does not promise row invariance");

        using TestModelFile model = ModelFor(subject);
        using PipelineRig rig = PipelineRig.Of(Plugin, subject, model), reference = new(Plugin.Catalog, [.. TestPipeline.ReferenceEdits, .. PagesOf(rig)], model);
        int[] text = PipelineRig.Text(1, 150);
        RequireRows(reference.Fresh(text), rig.Fresh(text), ThroughLayers(subject), "a text");
    }

    /// <summary>
    /// A prompt may be read at once, in pieces, or token by token. So may one whose cache forgets: no step crosses a review border, so that
    /// every way of reading keeps the same keys.
    /// </summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void Chunks_of_a_prompt_do_not_change_its_logits(string role, string component)
    {
        Subject subject = Plugin[role, component];
        using TestModelFile model = ModelFor(subject);
        using PipelineRig rig = PipelineRig.Of(Plugin, subject, model);
        int[] text = PipelineRig.Text(2, 90);
        float[] expected = rig.Fresh(text);
        foreach (int chunk in new[] { 37, 7, 1 })
        {
            using Sequence sequence = rig.Engine.Open();
            // The reference plugin promises row invariance, so that a cache's keys alone can make a difference.
            RequireRows(expected, rig.Read(sequence, text, chunk, chunk == 1 ? Phase.Decode : Phase.Prefill), role == Roles.Cache ? null : Promised(subject), $"{chunk} rows per step");
        }
    }

    /// <summary>Prompts being read and tokens being decoded share a step.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void Sequences_of_both_phases_share_a_step(string role, string component)
    {
        Subject subject = Plugin[role, component];
        using TestModelFile model = ModelFor(subject);
        using PipelineRig rig = PipelineRig.Of(Plugin, subject, model);
        int[][] texts = [.. Enumerable.Range(3, 3).Select(seed => PipelineRig.Text(seed, 60))];
        float[][] expected = [.. texts.Select((text, i) => Alone(rig, text, Before(i)))];
        Sequence[] sequences = [.. texts.Select(_ => rig.Engine.Open())];
        for (int i = 0; i < texts.Length; i++)
            rig.Read(sequences[i], texts[i][..Before(i)]);

        float[][] got = rig.Step([.. sequences.Select((sequence, i) => (sequence, texts[i][Before(i)..][..Now(i)]))]);
        for (int i = 0; i < texts.Length; i++)
            RequireRows(expected[i][..got[i].Length], got[i], Promised(subject), $"sequence {i} of a step");
        Array.ForEach(sequences, sequence => sequence.Dispose());

        static int Before(int i) => new[] { 40, 59, 20 }[i];
        static int Now(int i) => new[] { 20, 1, 1 }[i];
        static float[] Alone(PipelineRig rig, int[] text, int before)
        {
            using Sequence sequence = rig.Engine.Open();
            rig.Read(sequence, text[..before]);
            return rig.Read(sequence, text[before..]);
        }
    }

    /// <summary>A fork has its parent's past and its own future; a text that goes back goes on as if it had never been longer.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void Texts_fork_and_go_back(string role, string component)
    {
        Subject subject = Plugin[role, component];
        using TestModelFile model = ModelFor(subject);
        using PipelineRig rig = PipelineRig.Of(Plugin, subject, model);
        int[] past = PipelineRig.Text(6, 45), one = PipelineRig.Text(7, 30), other = PipelineRig.Text(8, 30);
        (float[] expectedOne, float[] expectedOther) = (Continued(rig, past, one), Continued(rig, past, other));
        using Sequence parent = rig.Engine.Open();
        rig.Read(parent, past);
        using Sequence child = parent.Fork();
        RequireRows(expectedOther, rig.Read(child, other), Promised(subject), "a fork");
        RequireRows(expectedOne, rig.Read(parent, one), Promised(subject), "its parent");
        if (!parent.CanTruncate(past.Length))
            return;

        parent.Truncate(past.Length);
        RequireRows(expectedOther, rig.Read(parent, other), Promised(subject), "a text that went back");

        static float[] Continued(PipelineRig rig, int[] past, int[] more)
        {
            using Sequence sequence = rig.Engine.Open();
            rig.Read(sequence, past);
            return rig.Read(sequence, more);
        }
    }

    /// <summary>A step that is cancelled between two layers leaves no trace: the same text goes on, and so do others.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void A_cancelled_step_leaves_no_trace(string role, string component)
    {
        Subject subject = Plugin[role, component];
        using CancellationTokenSource source = new();
        Interrupted(subject, 0, (rig, sequence, interrupt) =>
        {
            sequence.Cancellation = source.Token;
            interrupt(static (source, _) => ((CancellationTokenSource)source).Cancel(), source);
            Assert.Throws<OperationCanceledException>(() => rig.Read(sequence, PipelineRig.Text(9, 20)));
            sequence.Cancellation = default;
            return sequence;
        });
    }

    /// <summary>Another component that throws between two layers ends its request; the next one is right.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void A_fault_of_another_component_leaves_no_trace(string role, string component) =>
        Interrupted(Plugin[role, component], 1, (rig, sequence, interrupt) =>
        {
            interrupt(static (_, layer) => throw new InvalidOperationException($"the test throws in layer {layer}"), rig);
            ComponentException fault = Assert.Throws<ComponentException>(() => rig.Read(sequence, PipelineRig.Text(9, 20)));
            Assert.Contains("the test throws in layer 1", fault.Message);
            sequence.Dispose();
            Sequence next = rig.Engine.Open();
            rig.Read(next, PipelineRig.Text(10, 30));
            return next;
        });

    /// <summary>A step of several sequences in which something throws is run again, sequence by sequence: what it had done counts once.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void A_step_that_is_repeated_counts_once(string role, string component)
    {
        Subject subject = Plugin[role, component];
        bool throws = false;
        using TestModelFile model = MixtureFor(subject);
        using PipelineRig rig = PipelineRig.Of(Plugin, subject, model, layer =>
        {
            if (layer == 1 && throws)
            {
                throws = false;
                throw new InvalidOperationException("the test throws once, among others");
            }
        });
        int[][] texts = [PipelineRig.Text(17, 80), PipelineRig.Text(18, 80)];
        float[][] expected = [.. texts.Select(rig.Fresh)];
        Sequence[] sequences = [rig.Engine.Open(), rig.Engine.Open()];
        List<float>[] got = [[], []];
        while (sequences[0].Tokens < texts[0].Length)
        {
            throws = true;
            float[][] step = rig.Step([.. sequences.Select((sequence, i) => (sequence, texts[i][sequence.Tokens..Math.Min(sequence.Tokens + 9, texts[i].Length)]))]);
            Assert.False(throws, "nothing was thrown");
            for (int i = 0; i < step.Length; i++)
                got[i].AddRange(step[i]);
        }

        for (int i = 0; i < texts.Length; i++)
            RequireRows(expected[i], [.. got[i]], Promised(subject), $"sequence {i}, whose steps were repeated");
        Array.ForEach(sequences, static sequence => sequence.Dispose());
    }

    /// <summary>A token that is decoded allocates no more managed memory than was promised, none by default, commits and reviews included.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void A_decoded_token_allocates_nothing(string role, string component)
    {
        Subject subject = Plugin[role, component];
        using TestModelFile model = ModelFor(subject);
        using PipelineRig rig = PipelineRig.Of(Plugin, subject, model);
        using Sequence sequence = rig.Engine.Open();
        int[] token = [5];
        rig.Read(sequence, PipelineRig.Text(11, 64));
        long bytes = AllocatedBytes.Of(rig.Pipeline.Workers, () => rig.Decode(sequence, token));
        AllocationPromise.Require(bytes, subject.Variant.Allocation.BytesPerToken, $"a decoded token through {role} '{component}'");
    }

    private static bool IsLossless(Subject subject) => subject.Role != Roles.Cache || subject.Offer.RowInvariant;

    private static Tolerance? Promised(Subject subject) => subject.Offer.RowInvariant ? null : ThroughLayers(subject);

    private static Tolerance ThroughLayers(Subject subject) => subject.Tolerance with
    {
        Relative = 10 * subject.Tolerance.Relative,
        Why = $"through two layers and the head, each of which amplifies the error; {subject.Tolerance.Why}",
    };

    // The other roles of a cache's pipeline are the reference plugin's, which knows windows.
    private static TestModelFile ModelFor(Subject subject) => subject.Role switch
    {
        Roles.Router => MixtureFor(subject),
        Roles.Cache => TestModelFile.Windowed(),
        _ => TestModelFile.Dense(),
    };

    private static TestModelFile MixtureFor(Subject subject) =>
        TestModelFile.Mixture(subject.Role != Roles.Router || subject.Offer.Knows.Contains(Trait.Renormalise));

    /// <summary>Gives the reference plugin's cache the page format of a pipeline, so that both read the same keys.</summary>
    private static IEnumerable<string> PagesOf(PipelineRig rig)
    {
        PagesExplanation pages = PipelineExplanation.Of(rig.Pipeline).Pages[0];
        return [$"cache.format={pages.Keys}", $"cache.values={pages.Values}"];
    }

    private static void RequireRows(float[] expected, float[] got, Tolerance? tolerance, string what)
    {
        Assert.Equal(expected.Length, got.Length);
        for (int at = 0; at < got.Length; at += TestModelFile.Vocabulary)
            Agreement.Same(expected.AsSpan(at, TestModelFile.Vocabulary), got.AsSpan(at, TestModelFile.Vocabulary), tolerance, $"{what}, logits of row {at / TestModelFile.Vocabulary}");
    }

    /// <summary>Reads a text, lets something happen in the middle of the next step, and checks that the text (or an equal one) goes on as if nothing had.</summary>
    private void Interrupted(Subject subject, int at, Func<PipelineRig, Sequence, Action<Action<object, int>, object>, Sequence> step)
    {
        (Action<object, int>? act, object? of) = (null, null);
        using TestModelFile model = MixtureFor(subject);
        using PipelineRig rig = PipelineRig.Of(Plugin, subject, model, layer =>
        {
            if (layer == at && act is { } now)
            {
                act = null;
                now(of!, layer);
            }
        });
        int[] past = PipelineRig.Text(10, 30), more = PipelineRig.Text(12, 20);
        using Sequence undisturbed = rig.Engine.Open(), disturbed = rig.Engine.Open();
        rig.Read(undisturbed, past);
        float[] expected = rig.Read(undisturbed, more);
        rig.Read(disturbed, past);
        using Sequence next = step(rig, disturbed, (action, argument) => (act, of) = (action, argument));
        RequireRows(expected, rig.Read(next, more), null, "a text after an interruption");
    }
}
