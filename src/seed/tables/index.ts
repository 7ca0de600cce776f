import { auditLogs } from "./audit.ts";
import { conversationHistory, llmUsageTracking, questions } from "./dialogue.ts";
import { generatedFiles, generatedProjects } from "./generation.ts";
import { knowledgeBaseDocuments } from "./knowledge.ts";
import { questionEffectiveness, userBehaviorPatterns } from "./learning.ts";
import { passwordResetRequests, refreshTokens, users } from "./people.ts";
import { projects, sessions } from "./projects.ts";
import { maturityTracking, qualityMetrics, testResults } from "./quality.ts";
import { apiKeys, userRules } from "./settings.ts";
import { conflicts, specifications } from "./specifications.ts";
import type { SeededTable } from "./table.ts";
import { projectShares, teamInvitations, teamMembers, teams } from "./teams.ts";

/** All tables that can be filled, each after those that it refers to. */
export const seededTables: readonly SeededTable[] = [
  users,
  refreshTokens,
  passwordResetRequests,
  auditLogs,
  userRules,
  apiKeys,
  teams,
  teamMembers,
  teamInvitations,
  projects,
  sessions,
  specifications,
  conversationHistory,
  questions,
  conflicts,
  qualityMetrics,
  maturityTracking,
  testResults,
  llmUsageTracking,
  generatedProjects,
  generatedFiles,
  userBehaviorPatterns,
  questionEffectiveness,
  knowledgeBaseDocuments,
  projectShares,
];
