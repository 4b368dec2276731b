using Crossbench.Metrics;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What holographic states tell about themselves.</summary>
internal static class HolographicDiagnostics
{
    private const string Norm = "stateNormByPosition";
    private const string Update = "stateUpdate";
    private const string Step = "stateStep";
    private const string ShiftError = "stateShiftError";
    private const string Bias = "stateScoreBias";
    private const string Mass = "stateMass";
    private const string OlderMass = "olderStateMass";
    private const string MassByPosition = "stateMassByPosition";
    private const string TokenEntropy = "tokenAttentionEntropy";
    private const long ShiftedBy = 64;

    /// <summary>The metrics of a model with these states.</summary>
    public static IReadOnlyList<MetricSpec> All(HolographicShape shape) =>
    [
        .. AttentionDiagnostics.Over("tokens and states", shape.Visibility == StateVisibility.Self
            ? "how many places it looks at, where a token is one place and its own state another, so up to one more than there are tokens."
            : "how many places it looks at, where each token is one place and each state another, so up to twice as many as there are tokens."),
        Vector(Norm, "State norm by position", "Norm of each state head at tokens 1, 2, 4, 8, … and the last, one head after the other: it grows like the root of the number of tokens when they are unrelated.")
            with { Scope = MetricScope.Model, Axis = VectorAxis.DoublingTokens("state head"), Range = MetricRange.NotNegative },
        new(Update, "State update", "", "How far the layer's cell moves the state, relative to its norm.") { Scope = MetricScope.Layer, Kind = MetricKind.State },
        Vector(Step, "Cell step α", "Learnt step of each state head's cell.") with { Scope = MetricScope.Head, AtEvaluation = false, InitialValue = shape.StepInit, Axis = VectorAxis.Counted("state head") },
        new(ShiftError, "Shift error", "", "How much the cell's result changes, relatively, when all positions are moved by 64: 0 would mean that only distances matter.")
        {
            Scope = MetricScope.Layer, Kind = MetricKind.State, AtEvaluation = true,
        },
        .. shape.ScoreBias is null ? Array.Empty<MetricSpec>() :
        [
            new(Bias, "State score bias", "", "Added to the attention scores of states: far below 0 they are hidden.") { Scope = MetricScope.Layer, Kind = MetricKind.State, InitialValue = shape.ScoreBias },
        ],
        Head(Mass, "Attention to states", "", "Share of the attention of each head that goes to state tokens.", MetricRange.Share),
        .. shape.Visibility == StateVisibility.Self ? Array.Empty<MetricSpec>() : [Head(OlderMass, "Attention to older states", "", "Share of the attention of each head that goes to states of earlier tokens.", MetricRange.Share)],
        Vector(MassByPosition, "Attention to states by position", "Share of attention that goes to state tokens, for each position, averaged over heads.") with { Axis = VectorAxis.Positions, Range = MetricRange.Share },
        Head(TokenEntropy, "Attention entropy over tokens", "nats", "Mean entropy of each head over tokens alone, as if states were hidden; compare with the attention entropy.", MetricRange.NotNegative),
    ];

    /// <summary>Looks at the state that the layers start from.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="state">[B, T, ds]</param>
    /// <param name="heads">Heads of the state.</param>
    public static void WriteAccumulated(ForwardContext context, Tensor state, int heads)
    {
        if (context.Diagnostics?.Takes(Norm) != true)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var length = state.shape[1];
        var places = Enumerable.Range(0, 63).Select(i => (1L << i) - 1).TakeWhile(place => place < length - 1).Append(length - 1).ToArray();
        var norms = state.index_select(1, tensor(places).to(state.device)).view(state.shape[0], places.Length, heads, -1).norm(-1); // [B, n, Hs]
        context.Diagnostics.Vector(Norm, norms.mean([0]).transpose(0, 1));
    }

    /// <summary>Looks at one layer's update of the state.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="before">[B, T, ds]</param>
    /// <param name="after">[B, T, ds]</param>
    public static void WriteUpdate(ForwardContext context, StateCell cell, Tensor before, Tensor after)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        writer.Scalar(Update, (after - before).norm() / before.norm());
        writer.Vector(Step, cell.Steps);
        if (writer.Takes(ShiftError))
        {
            var angles = context.Carried(TokenToState.Frequencies) * ShiftedBy;
            var (cos, sin) = (angles.cos().to(before.dtype), angles.sin().to(before.dtype)); // [ds/2]
            var moved = TokenToState.Turn(cell.call(TokenToState.Turn(before, cos, sin), context), cos, -sin);
            writer.Scalar(ShiftError, (moved - after).norm() / after.norm());
        }
    }

    /// <summary>Notes the learnt bias of the scores of states.</summary>
    public static void WriteBias(ForwardContext context, Tensor bias) => context.Diagnostics?.Scalar(Bias, bias);

    /// <summary>Looks at the attention weights of one layer, which are computed once more for it.</summary>
    /// <param name="context">Context of a pass that takes them.</param>
    /// <param name="query">[B, T, H, E]</param>
    /// <param name="key">[B, 2T, KV, E], states at even places.</param>
    /// <param name="scores">Added to the scores of states.</param>
    /// <param name="isOwnOnly">Whether a query sees no state but its own.</param>
    public static void WriteAttention(ForwardContext context, Tensor query, Tensor key, StateScores? scores, bool isOwnOnly)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var writer = context.Diagnostics!;
        var hidden = full([1, 1], double.NegativeInfinity, dtype: query.dtype, device: query.device);
        var logits = context.Kernels.StateAttentionLogits(query, key, isOwnOnly ? new StateScores(scores?.All, hidden) : scores); // [B, H, T, 2T]
        AttentionDiagnostics.Write(context, () => logits, firstToken: 1);
        var (batch, heads, length) = (logits.shape[0], logits.shape[1], logits.shape[2]);
        var weights = logits.softmax(-1).view(batch, heads, length, -1, 2);
        var (ofStates, ofTokens) = (weights.select(4, 0), weights.select(4, 1)); // [B, H, T, T]
        var mass = ofStates.sum(-1);                                             // [B, H, T]
        writer.Vector(Mass, mass.mean([0, 2]));
        writer.Vector(MassByPosition, mass.mean([0, 1]));
        if (!isOwnOnly)
        {
            writer.Vector(OlderMass, ofStates.tril(-1).sum(-1).mean([0, 2]));
        }

        var alone = ofTokens / ofTokens.sum(-1, keepdim: true);
        writer.Vector(TokenEntropy, AttentionDiagnostics.EntropyOf(alone).mean([0, 2]));
    }

    private static MetricSpec Vector(string name, string label, string help) =>
        new(name, label, "", help) { Scope = MetricScope.Layer, Kind = MetricKind.State, Form = MetricForm.Vector, AtEvaluation = true };

    private static MetricSpec Head(string name, string label, string unit, string help, MetricRange range) =>
        new(name, label, unit, help) { Scope = MetricScope.Head, Kind = MetricKind.State, Form = MetricForm.Vector, Range = range, AtEvaluation = true };
}
