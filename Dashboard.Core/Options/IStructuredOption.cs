using System.Text.Json.Nodes;

namespace Crossbench.Options;

/// <summary>The value of an option that is more than a number, a word or a list of them. It has a text form for forms and command lines, and a JSON form for files.</summary>
public interface IStructuredOption
{
    /// <summary>The text form, which the reader of the type reads back to an equal value.</summary>
    string Text { get; }

    /// <summary>The JSON form.</summary>
    JsonNode ToJson();
}

/// <summary>A structured option that can be read.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IStructuredOption<TSelf> : IStructuredOption
    where TSelf : class, IStructuredOption<TSelf>
{
    /// <summary>Reads the text form or JSON.</summary>
    /// <param name="path">Path that a problem names.</param>
    /// <param name="text">The text as typed, or JSON.</param>
    /// <param name="problem">What is wrong with it, when the result is null.</param>
    static abstract TSelf? Read(string path, string text, out SpecProblem? problem);
}
