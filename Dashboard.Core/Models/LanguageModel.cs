namespace Crossbench.Models;

/// <summary>A model with its weights.</summary>
public abstract class LanguageModel;
