using System.Reflection;
using Xunit;

namespace Spud.Conformance.Tests;

/// <summary>The kit can fail: each component that is wrong on purpose is caught by the test that is there for it.</summary>
public sealed class MutantTests
{
    internal static Mutant[] All { get; } =
    [
        new("attention", "forgets-causality", nameof(PluginContract.Later_tokens_change_nothing_earlier), "which sees positions up to 260"),
        new("attention", "loses-page-borders", nameof(PluginContract.No_key_is_missed_at_the_border_of_a_page), "expected"),
        new("attention", "forgets-state", nameof(PluginContract.Folds_over_disjoint_pages_add_up), "expected"),
        new("attention", "assumes-no-gaps", nameof(PluginContract.A_window_counts_positions_and_not_keys), "expected", "64"),
        new("attention", "reads-one-sequence", nameof(PluginContract.A_fold_is_the_softmax_over_the_visible_keys), "sequence 1", "4 heads of 16, pages of 16"),
        new("attention", "reads-one-head", nameof(PluginContract.A_head_reads_the_tokens_that_it_keeps), "KV head 1"),
        new("attention", "ignores-traits", nameof(PluginContract.A_window_hides_older_keys), "expected", "64"),
        new("attention", "ignores-traits", nameof(PluginContract.What_attention_adds_is_that_of_the_definition), "never took", "sinks"),
        new("attention", "assumes-consecutive-rows", nameof(PluginContract.Rows_may_stand_at_any_position), "row 1"),
        new("attention", "overwrites-output", nameof(PluginContract.What_attention_adds_is_that_of_the_definition), "output of row 0", "plain"),
        new("fold", "forgets-a-shard", nameof(PluginContract.A_decorated_fold_is_the_plain_fold), "2 shards", Component: "split"),
        new("fold", "adds-states-unscaled", nameof(PluginContract.A_decorated_fold_is_the_plain_fold), "2 shards", Component: "split"),
        new("fold", "forgets-state", nameof(PluginContract.A_decorated_fold_adds_to_the_state), "a fold over two pools", Component: "split"),
        new("experts", "overwrites-output", nameof(PluginContract.What_experts_add_is_that_of_the_definition), "output of row 0", "dense"),
        new("experts", "ignores-traits", nameof(PluginContract.What_experts_add_is_that_of_the_definition), "never took", "shared"),
        new("experts", "reads-late", nameof(PluginContract.Output_may_be_input), "output of row", "mixture"),
        new("experts", "skips-empty-rows", nameof(PluginContract.Rows_without_an_entry_get_the_shared_expert), "output of row 0", "shared"),
        new("experts", "trusts-any-plan", nameof(PluginContract.Experts_on_a_device_survive_any_plan), "Index was outside", OnDevice: true),
        new("router", "ignores-traits", nameof(PluginContract.Plans_are_those_of_the_definition), "weights of row 0", "renormalised"),
        new("router", "names-twice", nameof(PluginContract.Plans_are_in_form_at_any_effort), "occurs twice"),
        new("router", "names-none", nameof(PluginContract.Plans_are_in_form_at_any_effort), "no expert"),
        new("router", "keeps-sums-itself", nameof(PluginContract.Chunks_of_a_prompt_do_not_change_its_logits), "rows per step", Component: "prompt"),
        new("router", "keeps-sums-itself", nameof(PluginContract.Texts_fork_and_go_back), "a fork", Component: "prompt"),
        new("router", "keeps-sums-itself", nameof(PluginContract.A_step_that_is_repeated_counts_once), "whose steps were repeated", Component: "prompt"),
        new("head", "reads-first-rows", nameof(PluginContract.Logits_are_those_of_the_rows_that_are_asked_for), "logits of row 8"),
        new("head", "skips-norm", nameof(PluginContract.Embeddings_and_logits_are_those_of_the_definition), "normed row 0", "plain"),
        new("head", "rounds-to-bf16", nameof(PluginContract.Embeddings_and_logits_are_those_of_the_definition), "logits of row 0", "plain"),
        new("head", "writes-outside", nameof(PluginContract.Nothing_is_written_but_the_output), "1 elements after the last element"),
        new("head", "writes-before", nameof(PluginContract.Nothing_is_written_but_the_output), "1 elements before the first element"),
        new("head", "changes-input", nameof(PluginContract.Nothing_is_written_but_the_output), "an input was changed"),
        new("head", "keeps-state", nameof(PluginContract.The_same_call_gives_the_same_bits), "expected the same bits"),
        new("head", "uses-workspace", nameof(PluginContract.Nothing_is_written_but_the_output), "logits: NaN"),
        new("head", "is-random", nameof(PluginContract.The_same_call_gives_the_same_bits), "expected the same bits"),
        new("head", "depends-on-threads", nameof(PluginContract.Threads_do_not_change_a_result), "expected the same bits"),
        new("head", "depends-on-company", nameof(PluginContract.A_row_does_not_depend_on_its_company), "expected the same bits"),
        new("head", "depends-on-company", nameof(PluginContract.Chunks_of_a_prompt_do_not_change_its_logits), "expected the same bits"),
        new("cache", "drops-too-much", nameof(PluginContract.Chunks_of_a_prompt_do_not_change_its_logits), "expected the same bits"),
        new("head", "takes-any-shape", nameof(PluginContract.Wrong_shapes_are_refused), "expected an ArgumentException, got none"),
        new("head", "shares-scratch", nameof(PluginContract.Two_at_once_do_not_disturb_each_other), "expected the same bits"),
        new("head", "allocates", nameof(PluginContract.A_call_allocates_nothing), "bytes of managed memory, expected at most 0"),
        new("head", "allocates", nameof(PluginContract.A_decoded_token_allocates_nothing), "a decoded token through head"),
        new("head", "allocates-on-workers", nameof(PluginContract.A_call_allocates_nothing), "bytes of managed memory, expected at most 0"),
        new("head", "hides-refusals", nameof(PluginContract.A_build_that_fails_leaves_the_next_one_alone), "InvalidOperationException: something is wrong"),
        new("head", "stays-half-built", nameof(PluginContract.A_build_that_fails_leaves_the_next_one_alone), "never ended"),
        new("head", "fails-to-go", nameof(PluginContract.Components_come_and_go), "it stays"),
        new("head", "counts-calls", nameof(PluginContract.A_cancelled_step_leaves_no_trace), "after an interruption"),
        new("head", "counts-calls", nameof(PluginContract.A_fault_of_another_component_leaves_no_trace), "after an interruption"),
        new("cache", "drops-too-much", nameof(PluginContract.What_a_row_to_come_sees_is_kept), "are gone"),
        new("cache", "keeps-last-only", nameof(PluginContract.What_a_row_to_come_sees_is_kept), "if it is meant to drop keys, define in Variant.Keeps which ones it keeps"),
        new("cache", "keeps-too-much", nameof(PluginContract.What_is_kept_stays_within_the_promise), "the layout promises at most"),
        new("cache", "drops-what-is-not-there", nameof(PluginContract.What_is_kept_stays_within_the_promise), "drop: keys"),
        new("cache", "moves-newest-first", nameof(PluginContract.What_is_kept_stays_within_the_promise), "oldest first", Component: "streaming"),
        new("cache", "keeps-too-much", nameof(PluginContract.What_is_kept_stays_within_the_promise), "the layout allows at most", Component: "streaming"),
        new("cache", "has-no-layout", nameof(PluginContract.Layouts_are_possible), "pages of 0 tokens"),
        new("cache", "allocates", nameof(PluginContract.A_review_allocates_nothing), "a review of cache"),
        new("cache", "notes-for-itself", nameof(PluginContract.Rows_that_are_not_kept_leave_no_trace), "kept in part", Component: "observed"),
        new("attention", "spreads-mass", nameof(PluginContract.Key_mass_is_the_softmax_over_the_folded_keys), "key mass of 1 rows"),
        new("attention", "forgets-sum", nameof(PluginContract.Key_mass_is_the_softmax_over_the_folded_keys), "key mass of"),
        new("drafter", "makes-up-tokens", nameof(PluginContract.Drafts_are_in_form), "expected an id below"),
        new("drafter", "drafts-too-much", nameof(PluginContract.Drafts_are_in_form), "were asked for"),
        new("drafter", "loses-probability", nameof(PluginContract.Drafts_are_in_form), "expected 1"),
        new("drafter", "keeps-old-text", nameof(PluginContract.A_draft_depends_on_its_text_alone), "a new drafter that sees only this text gives"),
        new("drafter", "reads-one-sequence", nameof(PluginContract.A_draft_depends_on_its_text_alone), "a new drafter that sees only this text gives"),
        new("drafter", "is-random", nameof(PluginContract.A_draft_depends_on_its_text_alone), "a new drafter that sees only this text gives"),
        new("drafter", "allocates", nameof(PluginContract.A_draft_allocates_nothing), "bytes of managed memory"),
        new("depth", "leaves-out-others", nameof(PluginContract.Only_named_layers_are_left_out), "is left out, and the pipeline does not name it"),
        new("depth", "is-random", nameof(PluginContract.A_layer_is_left_out_or_not), "is left out once and kept once"),
        new("depth", "leaves-elsewhere", nameof(PluginContract.Rows_leave_behind_named_layers), "and the pipeline does not name it", Component: "leaving"),
        new("depth", "is-paid-for-leaving", nameof(PluginContract.Rows_leave_behind_named_layers), "costs -1 FLOPs", Component: "leaving"),
        new("depth", "compares-rows", nameof(PluginContract.A_row_leaves_or_stays_whatever_its_company), "alone", Component: "leaving"),
        new("depth", "is-random", nameof(PluginContract.A_row_leaves_or_stays_whatever_its_company), "alone", Component: "leaving"),
        new("depth", "changes-rows", nameof(PluginContract.A_row_leaves_or_stays_whatever_its_company), "changes hidden rows", Component: "leaving"),
        new("depth", "finishes-together", nameof(PluginContract.A_row_is_finished_whatever_its_company), "is finished otherwise", Component: "leaving"),
        new("depth", "allocates", nameof(PluginContract.Leaving_allocates_nothing), "allocated", Component: "leaving"),
        new("scheduler", "takes-too-many-rows", nameof(PluginContract.Decisions_keep_to_the_capacity), "rows, and a step has"),
        new("scheduler", "decides-at-random", nameof(PluginContract.Decisions_are_deterministic), "Assert.Equal() Failure"),
        new("scheduler", "runs-one-job", nameof(PluginContract.No_capacity_is_idle_while_jobs_wait), "1 of 40 jobs run"),
        new("scheduler", "starves", nameof(PluginContract.Every_job_ends), "jobs have not ended after"),
        new("scheduler", "expects-jobs", nameof(PluginContract.Odd_input_is_served), "there is no job"),
        new("scheduler", "allocates", nameof(PluginContract.A_decision_allocates_nothing), "Expected: 0"),
        new("head", "leaves-memory-dirty", nameof(PluginContract.Device_memory_is_zeroed_and_aligned), "Expected: 0", OnDevice: true),
        new("head", "reads-sources-late", nameof(PluginContract.Copies_happen_in_the_order_of_the_calls), "Expected: 1", OnDevice: true),
        new("head", "copies-any-shape", nameof(PluginContract.Impossible_copies_are_refused), "No exception was thrown", OnDevice: true),
        new("attention", "forgets-rows", nameof(PluginContract.Appended_rows_are_in_their_pages), "the host has", OnDevice: true),
    ];

    public static TheoryData<string, string, string> Mutants
    {
        get
        {
            TheoryData<string, string, string> mutants = [];
            foreach (Mutant mutant in All)
                mutants.Add(mutant.Role, mutant.Fault, mutant.Name);
            return mutants;
        }
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_component_that_is_wrong_on_purpose_is_caught(string role, string fault, string test)
    {
        Mutant mutant = All.Single(one => (one.Role, one.Fault, one.Name) == (role, fault, test));
        MethodInfo method = typeof(PluginContract).GetMethod(mutant.Test)!;
        string label = new Variant { Role = role, Component = mutant.Component, Options = mutant.Options }.Label;
        object[] arguments = mutant.Case is not null ? [label, mutant.Case] : method.GetParameters().Length == 2 ? [role, label] : [label];
        Exception? caught = Record.Exception(() => method.Invoke(new MutantContract(), BindingFlags.DoNotWrapExceptions, null, arguments, null));
        Assert.NotNull(caught);
        Assert.Contains(mutant.Says, caught.Message);
    }

    [Fact]
    public void Every_fault_of_the_reference_plugin_is_somebodys_mutant()
    {
        string source = File.ReadAllText(Path.Combine(TestData.Root, "tests", "plugins", "Reference", "Faults", "Fault.cs"));
        string[] faults = [.. source.Split("[JsonStringEnumMemberName(\"").Skip(1).Select(rest => rest[..rest.IndexOf('"')])];
        Assert.Equal(faults.Except(["none", "has-own-domain"]).Order(), All.Select(mutant => mutant.Fault).Distinct().Order());
    }
}
