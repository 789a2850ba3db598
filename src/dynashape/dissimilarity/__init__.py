"""dissimilarity"""
