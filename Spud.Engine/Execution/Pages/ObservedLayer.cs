namespace Spud.Execution;

/// <summary>Adds to the mass of a sequence's keys how much noted rows attended to them; see <see cref="IHistory.AddKeyMass"/>.</summary>
/// <param name="table">The sequence's pages.</param>
/// <param name="shard">The shard whose keys are requested; null if keys are not sharded.</param>
/// <param name="notes">I8 [R, RowBytes].</param>
/// <param name="mass">F32 [G, ContextTokens], added to.</param>
internal delegate void KeyMassReader(PageTable table, int? shard, in TensorView notes, in TensorView mass);

/// <summary>What a policy that observes queries reads at the reviews of a layer.</summary>
/// <param name="State">Its states and notes.</param>
/// <param name="KeyMass">Reads key mass; null if its layout does not request it.</param>
internal sealed record ObservedLayer(KeptState State, KeyMassReader? KeyMass);
